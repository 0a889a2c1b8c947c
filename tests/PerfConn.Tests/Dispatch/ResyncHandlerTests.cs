using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>A book here is one number: the sum of all updates so far. Each delta covers two updates.</summary>
public sealed class ResyncHandlerTests
{
    private static readonly TickChannel s_depth = new(0);
    private static readonly SymbolId s_btc = new(3);

    private readonly List<(int Generation, TimeSpan Delay)> _fetches = [];
    private readonly Book _book = new();

    [Fact]
    public void Deltas_wait_for_the_snapshot_and_those_that_it_contains_are_left_out()
    {
        var handler = Create();
        Send(handler, 1);
        Send(handler, 2);
        Send(handler, 3);
        Assert.Equal([(1, TimeSpan.Zero)], _fetches);
        Assert.Equal(-1, _book.Last);
        handler.Post(s_btc, 1, new Snapshot(3), error: null);
        Send(handler, 4);
        Assert.Equal([3L, 4, 6, 8], _book.Seen);
        Assert.Equal(Venue.SumUpTo(8), _book.Sum);
    }

    [Fact]
    public void A_snapshot_newer_than_all_deltas_is_joined_by_a_later_one()
    {
        var handler = Create();
        Send(handler, 1);
        handler.Post(s_btc, 1, new Snapshot(5), error: null);
        Send(handler, 2);
        Send(handler, 3);
        Assert.Equal([5L, 6], _book.Seen);
    }

    [Fact]
    public void A_snapshot_older_than_the_deltas_is_fetched_again_after_a_delay_and_the_deltas_stay()
    {
        var handler = Create();
        Send(handler, 3);
        handler.Post(s_btc, 1, new Snapshot(2), error: null);
        Send(handler, 4);
        Assert.Equal(2, _fetches.Count);
        Assert.True(_fetches[1].Delay > TimeSpan.Zero);
        handler.Post(s_btc, 2, new Snapshot(4), error: null);
        Send(handler, 5);
        Assert.Equal([4L, 6, 8, 10], _book.Seen);
    }

    [Fact]
    public void A_gap_starts_over_and_an_answer_to_the_old_question_is_ignored()
    {
        var handler = Create();
        Send(handler, 1);
        handler.OnGap(new Gap(s_btc, s_depth, GapCause.Sequence, 0, 0, -1));
        handler.Post(s_btc, 1, new Snapshot(2), error: null);
        Send(handler, 9);
        Assert.Empty(_book.Seen);
        handler.Post(s_btc, 2, new Snapshot(17), error: null);
        Send(handler, 10);
        Assert.Equal([17L, 18, 20], _book.Seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handler_that_throws_at_a_gap_or_at_a_snapshot_before_it_is_given_another_snapshot_all_the_same(bool atGap)
    {
        var handler = Create();
        Send(handler, 1);
        handler.Post(s_btc, 1, new Snapshot(2), error: null);
        _book.ThrowsAtGaps = atGap;
        _book.ThrowsAtSnapshots = !atGap;
        Assert.Throws<InvalidOperationException>(() => handler.OnGap(new Gap(s_btc, s_depth, GapCause.Sequence, 0, 0, -1)));
        _book.ThrowsAtGaps = _book.ThrowsAtSnapshots = false;
        Assert.Equal((1, 2), (_book.Gaps, _fetches.Count));
        Send(handler, 9);
        Assert.Equal([2L], _book.Seen);
        handler.Post(s_btc, 2, new Snapshot(17), error: null);
        Send(handler, 10);
        Assert.Equal([2L, 17, 18, 20], _book.Seen);
    }

    [Fact]
    public void A_gap_that_lost_nothing_starts_nothing()
    {
        var handler = Create();
        Send(handler, 1);
        handler.Post(s_btc, 1, new Snapshot(2), error: null);
        Send(handler, 2);
        handler.OnGap(new Gap(s_btc, s_depth, GapCause.Reconnected, 0, 0, Lost: 0));
        Send(handler, 3);
        Assert.Single(_fetches);
        Assert.Equal([2L, 4, 6], _book.Seen);
    }

    [Fact]
    public void A_source_that_keeps_failing_is_given_up_and_asked_again_when_told()
    {
        var changes = new List<bool>();
        var handler = Create(new ResyncOptions { MaxAttempts = 2, JitterSeed = 1, Resyncing = (_, isResyncing) => changes.Add(isResyncing) });
        Send(handler, 1);
        handler.Post(s_btc, 1, null, new TimeoutException("one"));
        Send(handler, 2);
        handler.Post(s_btc, 2, null, new TimeoutException("two"));
        Send(handler, 3);
        Assert.Equal("two", _book.Failure?.Message);
        Assert.Equal([true], changes);
        handler.Resync(s_btc);
        Send(handler, 4);
        handler.Post(s_btc, 4, new Snapshot(7), error: null);
        Send(handler, 5);
        Assert.Equal([7L, 8, 10], _book.Seen);
        Assert.Equal([true, false], changes);
    }

    [Fact]
    public void More_deltas_than_may_wait_start_over()
    {
        var handler = Create(new ResyncOptions { MaxBuffered = 2, JitterSeed = 1 });
        Send(handler, 1);
        Send(handler, 2);
        Send(handler, 3);
        Assert.Equal(1, handler.Overflows);
        handler.Post(s_btc, 1, new Snapshot(4), error: null);
        Send(handler, 4);
        Assert.Empty(_book.Seen);
        handler.Post(s_btc, 2, new Snapshot(5), error: null);
        Send(handler, 5);
        Assert.Equal([5L, 6, 8, 10], _book.Seen);
    }

    [Fact]
    public void Wrong_options_are_told_at_once()
    {
        var wrong = new ResyncOptions
        {
            MaxBuffered = 0,
            MaxAttempts = 0,
            Delay = TimeSpan.FromTicks(-1),
            MaxDelay = TimeSpan.FromDays(31),
            FetchTimeout = TimeSpan.Zero,
            TimeProvider = null!,
        };
        Assert.Equal(["MaxBuffered", "MaxAttempts", "Delay", "MaxDelay", "FetchTimeout", "TimeProvider"], WrongIn(wrong));
        Assert.Equal(["Delay"], WrongIn(new ResyncOptions { Delay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(1) }));

        string[] WrongIn(ResyncOptions options) => WrongOptions.Of(Assert.Throws<InvalidOptionsException>(
            () => new ResyncHandler<DeltaProtocol, Snapshot, Book>(_book, new Source(), s_depth, options)));
    }

    /// <summary>The real fetch, with manual time: the first attempt fails, the second comes after a delay.</summary>
    [Fact]
    public async Task A_failed_fetch_is_tried_again_later()
    {
        var time = new ManualTimeProvider();
        var source = new Source();
        var handler = new ResyncHandler<DeltaProtocol, Snapshot, Book>(_book, source, s_depth, new ResyncOptions { TimeProvider = time, JitterSeed = 5 });
        Send(handler, 1);
        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(50));
                handler.OnTick(new Tick(s_btc, new TickChannel(1), default, 0));
                return _book.Seen.Count > 0;
            },
            "the snapshot");
        Assert.Equal(2, source.Calls);
        Assert.Equal([1L, 2], _book.Seen);
        handler.Close();
    }

    [Fact]
    public void In_sync_a_tick_allocates_nothing()
    {
        var handler = Create();
        Send(handler, 1);
        handler.Post(s_btc, 1, new Snapshot(1), error: null);
        Send(handler, 2);
        byte[] payload = DeltaProtocol.Payload(3);
        _book.IsCounting = true;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                handler.OnTick(new Tick(s_btc, s_depth, payload, 1));
            }
        });
    }

    /// <summary>
    /// Deltas, losses, and answers that are late, old, in the wrong order or failures, as they fall: whenever the handler has been given ticks, its book is the venue's.
    /// </summary>
    [Fact]
    public void However_deltas_gaps_and_answers_fall_the_book_is_the_venues() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 99)).Select(steps => new List<int>(steps)).ToArbitrary(), steps =>
        {
            var asked = new List<(int Generation, long At)>();
            var book = new Book();
            long sent = 0;
            var handler = new ResyncHandler<DeltaProtocol, Snapshot, Book>(
                book, new Source(), s_depth, new ResyncOptions { MaxBuffered = 6, MaxAttempts = 1000, JitterSeed = 3 }, (_, generation, _) => asked.Add((generation, sent)));
            foreach (int step in steps)
            {
                if (step < 60)
                {
                    Send(handler, (int)++sent);
                }
                else if (step < 70)
                {
                    sent += 1 + (step % 3);
                    handler.OnGap(new Gap(s_btc, s_depth, GapCause.Sequence, 0, 0, -1));
                    Send(handler, (int)++sent);
                }
                else if (asked.Count > 0)
                {
                    // The newest question or any older one; a state of when it was asked, or of now, or of some time before, in the middle of a delta too.
                    (int generation, long at) = asked[step % 4 == 0 ? step % asked.Count : ^1];
                    long last = Math.Max(0, (step % 3 == 0 ? 2 * at : 2 * sent) - (step % 5));
                    handler.Post(s_btc, generation, step < 95 ? new Snapshot(last) : null, step < 95 ? null : new TimeoutException());
                }

                Assert.True(book.Last < 0 || book.Sum == Venue.SumUpTo(book.Last), $"after {step}");
            }

            // In the end it comes right, whatever happened before.
            handler.OnTick(new Tick(s_btc, new TickChannel(1), default, 0));
            if (asked.Count > 0)
            {
                handler.Post(s_btc, asked[^1].Generation, new Snapshot(2 * sent), error: null);
                Send(handler, (int)++sent);
                Assert.Equal(2 * sent, book.Last);
                Assert.Equal(Venue.SumUpTo(2 * sent), book.Sum);
            }
        }));

    private ResyncHandler<DeltaProtocol, Snapshot, Book> Create(ResyncOptions? options = null) =>
        new(_book, new Source(), s_depth, options ?? new ResyncOptions { JitterSeed = 1 }, (_, generation, delay) => _fetches.Add((generation, delay)));

    private static void Send(ResyncHandler<DeltaProtocol, Snapshot, Book> handler, int delta) =>
        handler.OnTick(new Tick(s_btc, s_depth, DeltaProtocol.Payload(delta), delta));

    private static class Venue
    {
        /// <summary>Update n adds n squared.</summary>
        public static long SumUpTo(long n) => n * (n + 1) * ((2 * n) + 1) / 6;
    }

    private sealed record Snapshot(long LastSequence) : ISequencedSnapshot;

    private sealed class Source : ISnapshotSource<Snapshot>
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public ValueTask<Snapshot> FetchAsync(SymbolId symbol, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _calls) == 1 ? throw new TimeoutException() : ValueTask.FromResult(new Snapshot(1));
    }

    private sealed class Book : IResyncHandler<Snapshot>
    {
        public List<long> Seen { get; } = [];

        public long Last { get; private set; } = -1;

        public long Sum { get; private set; }

        public int Gaps { get; private set; }

        public Exception? Failure { get; private set; }

        public bool IsCounting { get; set; }

        public bool ThrowsAtSnapshots { get; set; }

        public bool ThrowsAtGaps { get; set; }

        public void OnSnapshot(SymbolId symbol, in Snapshot snapshot)
        {
            Last = snapshot.LastSequence;
            Sum = Venue.SumUpTo(Last);
            Seen.Add(Last);
            if (ThrowsAtSnapshots)
            {
                throw new InvalidOperationException("a bug in the engine");
            }
        }

        public void OnTick(in Tick tick)
        {
            if (tick.Channel != s_depth || IsCounting)
            {
                return;
            }

            long delta = BinaryPrimitives.ReadInt64LittleEndian(tick.Payload);
            for (long update = (2 * delta) - 1; update <= 2 * delta; update++)
            {
                Sum += update > Last ? update * update : 0;
            }

            Last = 2 * delta;
            Seen.Add(Last);
        }

        public void OnGap(in Gap gap)
        {
            Gaps++;
            if (ThrowsAtGaps)
            {
                throw new InvalidOperationException("a bug in the engine");
            }
        }

        public void OnResyncFailed(SymbolId symbol, Exception error) => Failure = error;
    }
}
