using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A login is between the connection and everything else, at every attempt.</summary>
public sealed class LogInTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedVenue _venue = new() { AcknowledgesByItself = false };
    private readonly SymbolMap _symbols = new(ignoreCase: true);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
        Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        LogIn = LogInAsync,
    };

    [Fact]
    public async Task Nothing_is_delivered_or_subscribed_before_the_login_is_done_and_nothing_is_lost_by_it()
    {
        var handler = new RecordingHandler(_symbols);
        Task<Line> connecting = Line.ConnectAsync(Address, handler, Options);
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        Assert.Contains("LOGIN", await peer.NextMessageAsync(), StringComparison.Ordinal);
        Assert.False(connecting.IsCompleted);
        await peer.SendAsync("welcome");
        await peer.TickAsync("BTCUSDT", 1);
        await peer.SendAsync("bye");
        await peer.TickAsync("BTCUSDT", 2);

        await using Line line = await Deadline.Within(connecting);

        await peer.TickAsync("BTCUSDT", 3);
        await Deadline.UntilAsync(() => handler.Events.Length == 2, "the ticks after the login");
        Assert.Equal([2, 3], handler.Events.Select(e => e.Contains("\"t\":2", StringComparison.Ordinal) ? 2 : 3));
    }

    [Fact]
    public async Task Every_new_connection_logs_in()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection first = _peer!;
        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection second = await AnswerAsync();
        await Deadline.Within(rotating);
        await Deadline.Within(first.Serving);
        Assert.Equal(1, line.Statistics.Rotations);

        second.Cut();
        await AnswerAsync();
        await Deadline.UntilAsync(() => line.State == LineState.Live && line.Statistics.Reconnects == 1, "the line to be back");
    }

    [Fact]
    public async Task Refused_credentials_end_the_line()
    {
        await using Line line = await ConnectAsync();
        _peer!.Cut();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await next.NextMessageAsync();
        await next.SendAsync("no");
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.IsType<AuthenticationFailedException>(end.Error is RetriesExhaustedException exhausted ? exhausted.InnerException : end.Error);
        Assert.Equal(LineState.Faulted, line.State);
    }

    [Fact]
    public async Task A_connection_that_is_lost_during_the_login_fails_the_first_connect_with_its_cause()
    {
        Task<Line> connecting = Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        await peer.NextMessageAsync();
        peer.Cut();
        await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(connecting));
    }

    [Fact]
    public async Task A_login_that_takes_too_long_is_a_timeout_that_says_so()
    {
        Task<Line> connecting = Line.ConnectAsync(Address, Options with { TimeProvider = _time });
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        await peer.NextMessageAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        ConnectTimeoutException timeout = await Assert.ThrowsAsync<ConnectTimeoutException>(() => Deadline.Within(connecting));
        Assert.Equal(ConnectStage.LogIn, timeout.Stage);
        await Deadline.Within(peer.Serving);
    }

    [Fact]
    public async Task What_a_login_throws_is_the_cause_of_the_failure()
    {
        LineOptions options = Options with { LogIn = static (_, _) => throw new InvalidOperationException("no key") };
        ConnectionException failed = await Assert.ThrowsAsync<ConnectionException>(() => Deadline.Within(Line.ConnectAsync(Address, options)));
        Assert.IsType<InvalidOperationException>(failed.InnerException);
        await Deadline.Within((await _venue.NextConnectionAsync()).Serving);
    }

    private ScriptedVenue.Connection? _peer;

    private async Task<Line> ConnectAsync()
    {
        Task<Line> connecting = Line.ConnectAsync(Address, Options);
        _peer = await AnswerAsync();
        return await Deadline.Within(connecting);
    }

    private async Task<ScriptedVenue.Connection> AnswerAsync()
    {
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        Assert.Contains("LOGIN", await peer.NextMessageAsync(), StringComparison.Ordinal);
        await peer.SendAsync("welcome");
        await peer.SendAsync("bye");
        return peer;
    }

    /// <summary>Says LOGIN, and is done when the venue has said bye; "no" is a refusal.</summary>
    private static async ValueTask LogInAsync(LoginLink link, CancellationToken cancellationToken)
    {
        await link.SendAsync("""{"method":"LOGIN","id":0}"""u8.ToArray(), isText: true, cancellationToken);
        while (true)
        {
            string answer = Encoding.UTF8.GetString((await link.ReceiveAsync(cancellationToken)).Payload.Span);
            if (answer == "no")
            {
                throw new AuthenticationFailedException("the key was refused");
            }

            if (answer == "bye")
            {
                return;
            }
        }
    }
}
