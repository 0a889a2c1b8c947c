using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Simulator;
using PerfConn.Subscriptions;
using PerfConn.Tests.Diagnostics;
using PerfConn.Transport;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>What the kernel says of a line's own thread: which processors it may run on, and whether it sleeps while nothing arrives. Linux only.</summary>
public sealed class OwnThreadTests
{
    private const int Looks = 1000;

    public static TheoryData<ReceiveMode, IdleStrategy, bool> Idles => new()
    {
        { ReceiveMode.Thread, IdleStrategy.Busy, true },
        { ReceiveMode.Spin, IdleStrategy.Busy, false },
        { ReceiveMode.Spin, IdleStrategy.Yield(after: 1), false },
        { ReceiveMode.Spin, IdleStrategy.Park(TimeSpan.FromMilliseconds(1)), true },
    };

    [Theory]
    [InlineData(ReceiveMode.Thread)]
    [InlineData(ReceiveMode.Spin)]
    public async Task The_thread_is_bound_to_the_processor_asked_for(ReceiveMode mode)
    {
        int processor = FirstAllowed();
        await using BinanceSimulator simulator = await StartAsync();
        var seen = new OneTick();
        await using Line line = await ConnectAsync(simulator, seen, new LineOptions { ReceiveMode = mode, Idle = IdleStrategy.Yield(), Processor = processor });
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        string thread = await Deadline.Within(seen.Thread);
        Assert.Equal(processor.ToString(CultureInfo.InvariantCulture), Status(thread, "Cpus_allowed_list"));
    }

    [Fact]
    public async Task A_processor_that_is_not_there_is_logged_and_the_line_lives()
    {
        await using BinanceSimulator simulator = await StartAsync();
        var seen = new OneTick();
        var log = new RecordingLogger();
        await using Line line = await ConnectAsync(simulator, seen, new LineOptions { ReceiveMode = ReceiveMode.Thread, Processor = 1023, Logger = log });
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.Within(seen.Thread);
        Assert.Contains(log.Messages, message => message.Contains("processor 1023", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Idles))]
    public async Task A_reader_with_nothing_to_read_sleeps_or_polls_as_it_was_told(ReceiveMode mode, IdleStrategy idle, bool sleeps)
    {
        await using BinanceSimulator simulator = await StartAsync();
        var seen = new OneTick();
        await using Line line = await ConnectAsync(simulator, seen, new LineOptions { ReceiveMode = mode, Idle = idle });
        Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        string thread = await Deadline.Within(seen.Thread);
        await Deadline.Within(subscription.DisposeAsync().AsTask());

        // Nearly always, not always: the runtime may hold any thread for a moment, and a pause before the first sleep is part of some strategies.
        await Deadline.UntilAsync(
            () =>
            {
                int asleep = 0;
                for (int looks = 0; looks < Looks; looks++)
                {
                    asleep += IsAsleep(thread) ? 1 : 0;
                }

                return sleeps ? asleep > Looks * 9 / 10 : asleep < Looks / 10;
            },
            "a reader that does as it was told");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void A_processor_out_of_range_is_refused(int processor) =>
        Assert.Equal(["Processor"], WrongOptions.In(new LineOptions { Processor = processor }));

    private static bool IsAsleep(string thread) => Status(thread, "State").StartsWith('S');

    private static int FirstAllowed() => int.Parse(
        string.Concat(Status(CurrentThread(), "Cpus_allowed_list").TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture);

    /// <summary>The kernel's name of the calling thread: /proc/thread-self points at it.</summary>
    private static string CurrentThread() => new FileInfo("/proc/thread-self").LinkTarget!;

    private static string Status(string thread, string field) =>
        File.ReadLines($"/proc/{thread}/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    private static Task<BinanceSimulator> StartAsync() => BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Symbols = 5, Rate = 1000 });

    private static Task<Line> ConnectAsync(BinanceSimulator simulator, OneTick seen, LineOptions options) =>
        Line.ConnectAsync(BinanceVenue.Spot.At(new Uri(simulator.Url, "/stream").AbsoluteUri), seen, options);

    private sealed class OneTick : ITickHandler
    {
        private readonly TaskCompletionSource<string> _thread = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Thread => _thread.Task;

        public void OnTick(in Tick tick) => _thread.TrySetResult(CurrentThread());

        public void OnGap(in Gap gap)
        {
        }
    }
}
