using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>
/// A book over a real line: a venue that speaks Binance, deltas with <c>U</c> and <c>u</c>, gaps and cuts on the way, and snapshots that come late, come too old or do not come. What the engine has in the
/// end is what the venue has, and each update reached it once.
/// </summary>
public sealed class ResyncLineTests
{
    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly Exchange _exchange = new();
    private readonly Snapshots _source = new();
    private readonly Book _book = new();

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gap_is_closed_by_a_snapshot_and_the_deltas_that_waited_for_it(bool lane)
    {
        await using Line line = await ConnectAsync(lane);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@depth"]));
        _exchange.Skip(10);
        await SendAsync(venue, 3);
        SymbolId btc = _symbols.Find("BTCUSDT"u8, default);

        // The first fetch fails, the second brings what ends before the deltas begin, the third ends in the middle of one of them.
        (await _source.NextAsync()).SetException(new IOException("503"));
        TaskCompletionSource<Snapshot> second = await NextFetchAsync(venue);
        second.SetResult(_exchange.SnapshotAt(9));
        TaskCompletionSource<Snapshot> third = await NextFetchAsync(venue);
        Assert.Empty(_book.Snapshots);
        Assert.False(line.IsLive(btc, BinanceChannels.Depth));
        long middle = _exchange.FirstOf(12) + 1;
        third.SetResult(_exchange.SnapshotUpTo(middle));
        await UntilSnapshotsAsync(venue, 1);
        Assert.Equal([middle], _book.Snapshots);
        await UntilEqualAsync(venue);
        Assert.True(line.IsLive(btc, BinanceChannels.Depth));
        Assert.Equal(0, _book.Gaps);

        // Two events never arrive.
        _exchange.Skip(2);
        await SendAsync(venue, 4);
        TaskCompletionSource<Snapshot> fourth = await _source.NextAsync();
        Assert.Equal(1, _book.Gaps);
        Assert.False(line.IsLive(btc, BinanceChannels.Depth));
        fourth.SetException(new TimeoutException());
        (await NextFetchAsync(venue)).SetResult(_exchange.SnapshotAt(_exchange.Events - 2));
        await UntilSnapshotsAsync(venue, 2);
        await UntilEqualAsync(venue);

        // The connection is lost, and what was sent meanwhile with it.
        venue.Cut();
        _exchange.Skip(5);
        venue = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => venue.Streams.Count == 1, "the stream to be subscribed again");
        await SendAsync(venue, 2);
        (await _source.NextAsync()).SetResult(_exchange.SnapshotAt(_exchange.Events));
        await UntilSnapshotsAsync(venue, 3);
        await UntilEqualAsync(venue);
        Assert.Equal(2, _book.Gaps);
        Assert.Equal(0, line.Statistics.HandlerFaults);
        Assert.Empty(_book.Complaints);
    }

    /// <summary>Whatever happens to the deltas and to the snapshots: the engine has the venue's book as soon as it says that it is in sync.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_happens_on_the_way_the_books_are_equal_in_the_end(int seed)
    {
        var random = new Random(seed);
        await using Line line = await ConnectAsync(lane: seed % 2 == 0);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@depth"]));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        for (int step = 0; step < 400; step++)
        {
            // Fetches begin on the pool: without a breath now and then all would be over before the first has begun.
            await (step % 4 == 0 ? pace.WaitForNextTickAsync(Deadline.Token) : default);
            switch (random.Next(100))
            {
                case < 3:
                    _exchange.Skip(1 + random.Next(3));
                    break;
                case < 6 when _exchange.Events > 1:
                    // Again what came before: not delivered again.
                    await venue.SendAsync(_exchange.Message(1 + random.Next(_exchange.Events)));
                    break;
                case < 8:
                    venue.Cut();
                    venue = await _venue.NextConnectionAsync();
                    await Deadline.UntilAsync(() => venue.Streams.Count == 1, "the stream to be subscribed again");
                    break;
                case < 30:
                    if (_source.TryNext(out TaskCompletionSource<Snapshot>? fetch))
                    {
                        Answer(fetch, random);
                    }

                    break;
                default:
                    await SendAsync(venue, 1);
                    break;
            }
        }

        // From now on all goes well. A snapshot that was answered with an old one is asked for again.
        await PushUntilAsync(venue, () =>
        {
            while (_source.TryNext(out TaskCompletionSource<Snapshot>? fetch))
            {
                fetch.SetResult(_exchange.SnapshotAt(_exchange.Events));
            }

            return _book.LastUpdate == _exchange.LastUpdate;
        });
        Assert.Empty(_book.Complaints);
        Assert.Equal(_exchange.SnapshotAt(_exchange.Events).Levels, _book.Levels);
        Assert.Equal(0, line.Statistics.HandlerFaults);
        Assert.InRange(_book.Snapshots.Length, 2, 400);
    }

    private void Answer(TaskCompletionSource<Snapshot> fetch, Random random)
    {
        if (random.Next(4) == 0)
        {
            fetch.SetException(new IOException("503"));
        }
        else
        {
            fetch.SetResult(_exchange.SnapshotUpTo(Math.Max(0, _exchange.LastUpdate - random.Next(12))));
        }
    }

    private async Task<Line> ConnectAsync(bool lane)
    {
        Line? line = null;
        var options = new ResyncOptions
        {
            Delay = TimeSpan.Zero,
            MaxAttempts = int.MaxValue,
            Resyncing = (symbol, isResyncing) => line?.MarkResyncing(symbol, BinanceChannels.Depth, isResyncing),
        };
        var handler = new ResyncHandler<BinanceProtocol, Snapshot, Book>(_book, _source, BinanceChannels.Depth, options);
        line = await Line.ConnectAsync(
            Address,
            handler,
            lane ? Delivery.Lane() : Delivery.Inline,
            new LineOptions
            {
                Transport = _venue.Factory,
                Symbols = _symbols,
                Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
            });
        return line;
    }

    private async Task SendAsync(ScriptedVenue.Connection venue, int events)
    {
        for (int i = 0; i < events; i++)
        {
            await venue.SendAsync(_exchange.Next());
        }
    }

    /// <summary>What a fetch has brought is looked at when the next tick comes.</summary>
    private async Task<TaskCompletionSource<Snapshot>> NextFetchAsync(ScriptedVenue.Connection venue)
    {
        TaskCompletionSource<Snapshot>? fetch = null;
        await PushUntilAsync(venue, () => _source.TryNext(out fetch));
        return fetch!;
    }

    private Task UntilSnapshotsAsync(ScriptedVenue.Connection venue, int count) => PushUntilAsync(venue, () => _book.Snapshots.Length == count);

    private async Task UntilEqualAsync(ScriptedVenue.Connection venue)
    {
        await PushUntilAsync(venue, () => _book.LastUpdate == _exchange.LastUpdate);
        Assert.Equal(_exchange.SnapshotAt(_exchange.Events).Levels, _book.Levels);
    }

    /// <summary>The venue goes on until the condition holds: looked at after each event, some milliseconds long.</summary>
    private async Task PushUntilAsync(ScriptedVenue.Connection venue, Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        CancellationToken deadline = Deadline.Token;
        while (true)
        {
            await SendAsync(venue, 1);
            for (int looks = 0; looks < 5; looks++)
            {
                if (condition())
                {
                    return;
                }

                await timer.WaitForNextTickAsync(deadline);
            }
        }
    }

    /// <summary>The venue's own book: update i sets one level. Event n covers one to four updates.</summary>
    private sealed class Exchange
    {
        private readonly List<long> _lasts = [0];

        public int Events => _lasts.Count - 1;

        public long LastUpdate => _lasts[^1];

        public long FirstOf(int number) => _lasts[number - 1] + 1;

        /// <summary>Events happen, and nobody is sent them.</summary>
        public void Skip(int events)
        {
            for (int i = 0; i < events; i++)
            {
                _lasts.Add(LastUpdate + 1 + ((_lasts.Count + 2) % 4));
            }
        }

        public string Next()
        {
            Skip(1);
            return Message(Events);
        }

        public string Message(int number)
        {
            var sides = new[] { new List<string>(), new List<string>() };
            for (long update = FirstOf(number); update <= _lasts[number]; update++)
            {
                (bool isBid, string price, long quantity) = LevelOf(update);
                sides[isBid ? 0 : 1].Add($"""["{price}","{quantity.ToString(CultureInfo.InvariantCulture)}"]""");
            }

            return $$$"""{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":{{{FirstOf(number)}}},"u":{{{_lasts[number]}}},"b":[{{{string.Join(',', sides[0])}}}],"a":[{{{string.Join(',', sides[1])}}}]}}""";
        }

        public Snapshot SnapshotAt(int number) => SnapshotUpTo(_lasts[number]);

        public Snapshot SnapshotUpTo(long last)
        {
            var levels = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (long update = 1; update <= last; update++)
            {
                (bool isBid, string price, long quantity) = LevelOf(update);
                levels[(isBid ? "b" : "a") + price] = quantity.ToString(CultureInfo.InvariantCulture);
            }

            return new Snapshot(last, levels);
        }

        private static (bool IsBid, string Price, long Quantity) LevelOf(long update) => (update % 2 == 0, (100 + (update * 7 % 40)).ToString(CultureInfo.InvariantCulture), update);
    }

    private sealed record Snapshot(long LastSequence, SortedDictionary<string, string> Levels) : ISequencedSnapshot;

    /// <summary>Fetches that wait for the test to answer them.</summary>
    private sealed class Snapshots : ISnapshotSource<Snapshot>
    {
        private readonly Channel<TaskCompletionSource<Snapshot>> _asked = Channel.CreateUnbounded<TaskCompletionSource<Snapshot>>();

        public async ValueTask<Snapshot> FetchAsync(SymbolId symbol, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource<Snapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.Writer.TryWrite(answer);
            return await answer.Task.WaitAsync(cancellationToken);
        }

        public bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TaskCompletionSource<Snapshot>? fetch) => _asked.Reader.TryRead(out fetch);

        public async Task<TaskCompletionSource<Snapshot>> NextAsync()
        {
            await _asked.Reader.WaitToReadAsync(Deadline.Token);
            Assert.True(TryNext(out TaskCompletionSource<Snapshot>? fetch));
            return fetch;
        }
    }

    /// <summary>The engine: its book, and what it has to complain of. Written on the thread of the ticks, read by the test when that rests.</summary>
    private sealed class Book : IResyncHandler<Snapshot>
    {
        private readonly Lock _lock = new();
        private readonly ConcurrentQueue<long> _snapshots = new();
        private readonly ConcurrentQueue<string> _complaints = new();
        private SortedDictionary<string, string> _levels = new(StringComparer.Ordinal);
        private long _last = -1;
        private bool _isAfterSnapshot;
        private int _gaps;

        public long[] Snapshots => [.. _snapshots];

        public string[] Complaints => [.. _complaints];

        public int Gaps => Volatile.Read(ref _gaps);

        public long LastUpdate => Volatile.Read(ref _last);

        public SortedDictionary<string, string> Levels
        {
            get
            {
                lock (_lock)
                {
                    return new SortedDictionary<string, string>(_levels, StringComparer.Ordinal);
                }
            }
        }

        public void OnSnapshot(SymbolId symbol, in Snapshot snapshot)
        {
            lock (_lock)
            {
                _levels = new SortedDictionary<string, string>(snapshot.Levels, StringComparer.Ordinal);
                _isAfterSnapshot = true;
                Volatile.Write(ref _last, snapshot.LastSequence);
                _snapshots.Enqueue(snapshot.LastSequence);
            }
        }

        public void OnTick(in Tick tick)
        {
            lock (_lock)
            {
                if (!DepthUpdate.TryRead(in tick, out DepthUpdate depth))
                {
                    _complaints.Enqueue("unreadable: " + Encoding.UTF8.GetString(tick.Payload));
                    return;
                }

                // The first after a snapshot may reach back into it; each other one begins where the one before ended.
                if (_last < 0 || depth.FirstUpdateId > _last + 1)
                {
                    _complaints.Enqueue($"missing: {depth.FirstUpdateId} to {depth.FinalUpdateId} after {_last}");
                }
                else if (depth.FinalUpdateId <= _last || (depth.FirstUpdateId <= _last && !_isAfterSnapshot))
                {
                    _complaints.Enqueue($"twice: {depth.FirstUpdateId} to {depth.FinalUpdateId} after {_last}");
                }

                _isAfterSnapshot = false;
                Set("b", depth.Bids);
                Set("a", depth.Asks);
                Volatile.Write(ref _last, depth.FinalUpdateId);
            }
        }

        public void OnGap(in Gap gap) => Interlocked.Increment(ref _gaps);

        public void OnResyncFailed(SymbolId symbol, Exception error) => _complaints.Enqueue("failed: " + error.Message);

        private void Set(string side, PriceLevels levels)
        {
            foreach (PriceLevel level in levels)
            {
                _levels[side + level.Price] = level.Quantity.ToString();
            }
        }
    }
}
