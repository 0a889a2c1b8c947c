using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Tests.Diagnostics;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A line that is closed at each step of its spare connection's life: whoever has it then lets go of it, before the close returns.</summary>
public sealed class SpareClosingTests
{
    private readonly CountedTransports _transports = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _transports,
        TimeProvider = _time,
        CloseTimeout = TimeSpan.Zero,
        Heartbeat = null,
        Limits = FrameLimits.Default with { MessageTimeout = null },
        KeepSpare = true,
        JitterSeed = 3,
        Logger = _log,
    };

    [Theory]
    [InlineData(Answer.Cancelled)]
    [InlineData(Answer.Failed)]
    [InlineData(Answer.Connected)]
    public async Task While_it_connects(Answer answer)
    {
        _transports.Opening = (number, closing) => number == 1 ? Task.CompletedTask : AnswerAsync(answer, closing);
        await CloseAsync(await Line.ConnectAsync(Address, Options));
        Assert.Equal(2, _transports.Asked);
    }

    [Theory]
    [InlineData(Answer.Cancelled)]
    [InlineData(Answer.Failed)]
    [InlineData(Answer.Connected)]
    public async Task While_it_is_told_where_to(Answer answer)
    {
        int number = 0;
        LineOptions options = Options with
        {
            RefreshEndpoint = async (endpoint, _, closing) =>
            {
                if (Interlocked.Increment(ref number) == 2)
                {
                    await AnswerAsync(answer, closing);
                }

                return endpoint;
            },
        };
        await CloseAsync(await Line.ConnectAsync(Address, options));
    }

    [Theory]
    [InlineData(Answer.Cancelled)]
    [InlineData(Answer.Failed)]
    [InlineData(Answer.Connected)]
    public async Task While_it_logs_in(Answer answer)
    {
        int number = 0;
        LineOptions options = Options with
        {
            LogIn = async (_, closing) =>
            {
                if (Interlocked.Increment(ref number) == 2)
                {
                    await AnswerAsync(answer, closing);
                }
            },
        };
        await CloseAsync(await Line.ConnectAsync(Address, options));
    }

    [Fact]
    public async Task While_it_stands()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        await Deadline.UntilAsync(() => _transports.Open == 2, "the spare connection");
        _reached.SetResult();
        await CloseAsync(line);
    }

    [Fact]
    public async Task While_a_lost_one_is_let_go_of()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        await Deadline.UntilAsync(() => _transports.Servers.Count == 2, "the spare connection");
        int going = 0;
        _transports.Going = () =>
        {
            if (Interlocked.Increment(ref going) > 1)
            {
                return Task.CompletedTask;
            }

            _reached.TrySetResult();
            return _goOn.Task;
        };
        _transports.Servers.Last().Abort();
        await Deadline.Within(_reached.Task);
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.UntilAsync(() => _transports.Open == 1, "the line's own connection to be gone");

        // Long enough for a close that does not wait to have returned; one that waits is not held up by it.
        await Task.WhenAny(closing, Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await Task.Yield();
            }
        }));
        Assert.False(closing.IsCompleted);
        _goOn.SetResult();
        await Deadline.Within(closing);
        AssertClosed(line);
    }

    [Fact]
    public async Task While_the_next_one_is_waited_for()
    {
        _transports.Opening = (number, _) => number == 1 ? Task.CompletedTask : throw new NetworkException("refused");
        Line line = await Line.ConnectAsync(Address, Options);
        await Deadline.UntilAsync(() => _log.Messages.Any(static message => message.Contains("no spare connection: refused", StringComparison.Ordinal)), "the failure");
        _reached.SetResult();
        await CloseAsync(line);
        Assert.Equal(2, _transports.Asked);
    }

    [Fact]
    public async Task A_spare_connection_that_is_lost_again_and_again_is_made_again_with_pauses()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        for (int spares = 1; spares <= 4; spares++)
        {
            // One timer is that of the next rotation; the other one, of the pause.
            await Deadline.UntilAsync(() => _transports.Open == 2 && _time.Waiting == 1, "a spare connection");
            Assert.Equal(1 + spares, _transports.Asked);
            _transports.Servers.Last().Abort();
            await Deadline.UntilAsync(() => _transports.Open == 1 && _time.Waiting == 2, "the pause");
            Assert.Equal(1 + spares, _transports.Asked);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        await Deadline.Within(line.DisposeAsync().AsTask());
        AssertClosed(line);
    }

    [Fact]
    public async Task A_line_that_is_given_up_ends_although_it_keeps_a_spare()
    {
        _transports.Opening = (number, _) => number == 1 ? Task.CompletedTask : throw new NetworkException("refused");
        Line line = await Line.ConnectAsync(Address, Options with { Reconnect = null });
        await Deadline.UntilAsync(() => _transports.Asked == 2, "an attempt for a spare one");
        _transports.Servers.First().Abort();
        await Deadline.Within(line.Completion);
        Assert.Equal(LineState.Faulted, line.State);
        Assert.Equal(0, _transports.Open);
        await Deadline.Within(line.DisposeAsync().AsTask());
    }

    private async Task AnswerAsync(Answer answer, CancellationToken closing)
    {
        _reached.TrySetResult();
        if (answer == Answer.Cancelled)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, closing);
        }

        // Code that is not interested in being cancelled, and comes back when the line is being closed.
        await _goOn.Task;
        if (answer == Answer.Failed)
        {
            throw new InvalidOperationException("it failed just then");
        }
    }

    private async Task CloseAsync(Line line)
    {
        await Deadline.Within(_reached.Task);
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.UntilAsync(() => line.State is LineState.Draining or LineState.Closed, "the close");
        _goOn.TrySetResult();
        await Deadline.Within(closing);
        AssertClosed(line);
    }

    private void AssertClosed(Line line)
    {
        Assert.Equal(0, _transports.Open);
        Assert.Equal(LineState.Closed, line.State);
        Assert.DoesNotContain(_log.Messages, static message => message.Contains("unexpected failure", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Messages, static message => message.Contains("has not come back", StringComparison.Ordinal));
        Assert.True(line.Completion.IsCompletedSuccessfully);
    }

    /// <summary>How code that is asked for a connection takes it that the line is closed meanwhile.</summary>
    public enum Answer
    {
        Cancelled,
        Failed,
        Connected,
    }
}
