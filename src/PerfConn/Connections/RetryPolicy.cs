using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <summary>
/// The pure core of reconnecting: loss in, decision out. It knows how often what has happened in a row, and nothing of sockets, clocks or
/// threads. Belongs to the line's owner task.
/// </summary>
internal sealed class RetryPolicy
{
    /// <summary>RFC 6455's registry advises a client that is told "service restart" to come back after a random 5 to 30 s.</summary>
    private static readonly TimeSpan s_restartFloor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_restartSpread = TimeSpan.FromSeconds(25);

    private readonly ReconnectOptions _options;
    private readonly bool _canRefresh;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private LossKind _lastKind;
    private int _repeats;

    /// <param name="options">The user's settings.</param>
    /// <param name="canRefresh">Whether the next attempt may carry other credentials than the last.</param>
    /// <param name="random">Where the jitter comes from.</param>
    public RetryPolicy(ReconnectOptions options, bool canRefresh, Random random)
    {
        _options = options;
        _canRefresh = canRefresh;
        _random = random;
        _backoff = new Backoff(options.FirstDelay, options.MaxDelay, random);
    }

    /// <summary>Attempts since the last proof that the venue works.</summary>
    public int Attempts => _backoff.Attempts;

    /// <summary>Data has arrived: the delays start over. What came in a row stays in a row: a message that breaks the protocol often follows good ones.</summary>
    public void OnProof() => _backoff.Reset();

    /// <summary>Decides on the loss of a session or the failure of an attempt.</summary>
    public RetryDecision Decide(LineEnd end)
    {
        LossKind kind = LossTable.KindOf(end, _options);
        _repeats = kind == _lastKind ? _repeats + 1 : 1;
        _lastKind = kind;
        string? stop = WhyStop(kind, end);
        if (stop is null && _options.MaxAttempts is { } most && _backoff.Attempts >= most)
        {
            stop = $"{most} attempts have failed";
        }

        return stop is null ? new RetryDecision(kind, DelayFor(kind, end), null) : new RetryDecision(kind, default, stop);
    }

    private string? WhyStop(LossKind kind, LineEnd end) => kind switch
    {
        LossKind.TooBig => "the next message would be as big",
        LossKind.Refused => "another attempt would be refused in the same way",
        LossKind.Credentials when !_canRefresh => "the credentials were refused",
        LossKind.Credentials when _repeats > 1 => "fresh credentials were refused too",
        LossKind.Protocol or LossKind.Policy when _repeats >= _options.MaxRepeats => $"it happened {_repeats} times in a row",
        _ => _options.ShouldRetry?.Invoke(end) is false ? "the options say so" : null,
    };

    private TimeSpan DelayFor(LossKind kind, LineEnd end)
    {
        TimeSpan delay = _backoff.Next();
        TimeSpan hint = (end.Error as HandshakeException)?.RetryAfter ?? TimeSpan.Zero;
        TimeSpan floor = kind switch
        {
            LossKind.Restarting => s_restartFloor + (s_restartSpread * _random.NextDouble()),
            LossKind.Overloaded or LossKind.Policy or LossKind.Tls => Slow(),
            LossKind.Throttled when hint == TimeSpan.Zero => Slow(),
            _ => TimeSpan.Zero,
        };

        // The venue's word is a floor, never a ceiling; the user's bound on it is there because a header can say "in the year 9999".
        TimeSpan asked = hint < _options.MaxRetryAfter ? hint : _options.MaxRetryAfter;
        floor = floor > asked ? floor : asked;
        return delay > floor ? delay : floor;
    }

    private TimeSpan Slow() => _options.SlowDelay * (0.5 + (0.5 * _random.NextDouble()));
}
