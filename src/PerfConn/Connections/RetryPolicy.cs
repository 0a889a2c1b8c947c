using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <summary>
/// The pure core of reconnecting: loss in, decision out. It knows how often what has happened in a row, and nothing of sockets and threads; time and chance are given to
/// it. Belongs to the line's owner task.
/// </summary>
internal sealed class RetryPolicy
{
    /// <summary>RFC 6455's registry advises a client that is told "service restart" to come back after a random 5 to 30 s.</summary>
    private static readonly TimeSpan s_restartFloor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_restartSpread = TimeSpan.FromSeconds(25);

    private readonly ReconnectOptions _options;
    private readonly Uri _endpoint;
    private readonly bool _canRefresh;
    private readonly Random _random;
    private readonly EndpointSet? _endpoints;
    private readonly bool _isCustom;
    private readonly RetrySequence _sequence;
    private LossKind _lastKind;
    private int _repeats;

    /// <param name="options">The user's settings, valid.</param>
    /// <param name="endpoint">The line's endpoint, for errors.</param>
    /// <param name="canRefresh">Whether the next attempt may carry other credentials than the last.</param>
    /// <param name="random">Where the jitter comes from.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="endpoints">Where else the next attempt may go; it has heard of the loss before this policy does.</param>
    public RetryPolicy(ReconnectOptions options, Uri endpoint, bool canRefresh, Random random, TimeProvider time, EndpointSet? endpoints = null)
    {
        _options = options;
        _endpoint = endpoint;
        _canRefresh = canRefresh;
        _random = random;
        _endpoints = endpoints;
        Retry strategy = options.Retry ?? Retry.Exponential(options.FirstDelay, options.MaxDelay);
        _isCustom = strategy.IsCustom;
        _sequence = new RetrySequence(strategy, random, time);
    }

    /// <summary>Attempts since the last proof that the venue works.</summary>
    public int Attempts => _sequence.Retries;

    /// <summary>
    /// A session is over. Had it brought data and lived for long enough, the delays start over. What came in a row stays in a row: a message that breaks the protocol often
    /// follows good ones.
    /// </summary>
    public void OnSessionEnd(bool broughtData, TimeSpan lived)
    {
        if (broughtData && lived >= _options.HealthyAfter)
        {
            _sequence.Reset();
        }
    }

    /// <summary>Decides on the loss of a session or the failure of an attempt.</summary>
    public RetryDecision Decide(LineEnd end)
    {
        LossKind kind = LossTable.KindOf(end, _options);
        _repeats = kind == _lastKind ? _repeats + 1 : 1;
        _lastKind = kind;
        if (!_isCustom && WhyStop(kind) is { } fatal)
        {
            return new RetryDecision(kind, default, fatal) { End = end };
        }

        if (_options.ShouldRetry?.Invoke(end) is false)
        {
            return new RetryDecision(kind, default, "the options say so") { End = end };
        }

        if (_options.MaxAttempts is { } most && _sequence.Retries >= most)
        {
            return Exhausted(kind, end, $"{most} attempts have failed");
        }

        RetryStep step = _sequence.Next(end.Error ?? new LineClosedException(_endpoint, end.CloseCode, end.Reason));
        if (step.IsRetry)
        {
            return new RetryDecision(kind, DelayFor(kind, end, step.Delay), null) { Fault = step.Fault };
        }

        return step.IsExhausted ? Exhausted(kind, end, step.Stop!) : new RetryDecision(kind, default, step.Stop) { End = end };
    }

    private RetryDecision Exhausted(LossKind kind, LineEnd end, string why) => new(kind, default, why)
    {
        End = end with
        {
            Error = new RetriesExhaustedException(
                _endpoint, why, _sequence.Retries, _sequence.Elapsed, end.Error ?? new LineClosedException(_endpoint, end.CloseCode, end.Reason)),
        },
    };

    private string? WhyStop(LossKind kind) => kind switch
    {
        LossKind.TooBig => "the next message would be as big",
        LossKind.Refused => "another attempt would be refused in the same way",
        LossKind.Credentials when !_canRefresh => "the credentials were refused",
        LossKind.Credentials when _repeats > 1 => "fresh credentials were refused too",
        LossKind.Protocol or LossKind.Policy when _repeats >= _options.MaxRepeats => $"it happened {_repeats} times in a row",
        _ => null,
    };

    private TimeSpan DelayFor(LossKind kind, LineEnd end, TimeSpan delay)
    {
        if (end.Error is EndpointsUnavailableException { RetryAfter: var wait })
        {
            // Nobody was asked. All that share the endpoints are told the same time: each adds its own delay, or they would come together.
            return Shorter(wait, _options.MaxRetryAfter) + delay;
        }

        if (kind is LossKind.Throttled or LossKind.Overloaded or LossKind.Restarting or LossKind.Tls && _endpoints?.HasGood == true)
        {
            // The set keeps everybody away from the one that asked for it, or puts it behind the others; another has asked for nothing.
            return delay;
        }

        TimeSpan hint = (end.Error as HandshakeException)?.RetryAfter ?? TimeSpan.Zero;
        TimeSpan floor = kind switch
        {
            LossKind.Restarting => s_restartFloor + (s_restartSpread * _random.NextDouble()),
            LossKind.Overloaded => Slow(),
            LossKind.Policy or LossKind.Tls when !_isCustom => Slow(),
            LossKind.Throttled when hint == TimeSpan.Zero && !_isCustom => Slow(),
            _ => TimeSpan.Zero,
        };

        // The venue's word is a floor, never a ceiling; the user's bound on it is there because a header can say "in the year 9999".
        TimeSpan asked = Shorter(hint, _options.MaxRetryAfter);
        floor = floor > asked ? floor : asked;
        return delay > floor ? delay : floor;
    }

    private TimeSpan Slow() => _options.SlowDelay * (0.5 + (0.5 * _random.NextDouble()));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
