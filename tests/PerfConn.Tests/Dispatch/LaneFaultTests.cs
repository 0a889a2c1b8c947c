using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>A handler that throws at a gap marker loses that marker, and neither the tick beside it nor the marker after it.</summary>
public sealed class LaneFaultTests
{
    private static readonly TickChannel s_channel = new(1);
    private static readonly NoLeases s_noLeases = new();

    private readonly FaultObserver _faults = new(NullLogger.Instance, TimeProvider.System);
    private readonly SymbolId _symbol = new SymbolMap().GetOrAdd("A");

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.DropNewest)]
    [InlineData(LanePolicy.Wait)]
    public async Task At_markers_that_were_sent(LanePolicy policy)
    {
        var handler = new Thrower();
        await using (Lane lane = Lane.Start(handler, Delivery.Lane(16, policy), _faults))
        {
            Send(lane, "1");
            lane.OnGap(Marker(1));
            lane.OnGap(Marker(2));
            Send(lane, "2");
        }

        Assert.Equal(["1", "2"], handler.Ticks);
        Assert.Equal([1, 2], handler.Lost);
        Assert.Equal(2, _faults.Count);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest, "3", "4")]
    [InlineData(LanePolicy.DropNewest, "1", "2")]
    public async Task At_a_hole_of_its_own_slowness(LanePolicy policy, string first, string second)
    {
        var handler = new Thrower { IsHeld = true };
        await using (Lane lane = Lane.Start(handler, Delivery.Lane(2, policy), _faults))
        {
            Send(lane, "0");
            handler.WaitUntilHeld();
            foreach (string text in (string[])["1", "2", "3", "4"])
            {
                Send(lane, text);
            }

            handler.Release();
            await Deadline.UntilAsync(() => lane.Statistics.Delivered == 3, "what was left");
            Send(lane, "5");
        }

        Assert.Equal(["0", first, second, "5"], handler.Ticks);
        Assert.Equal([2], handler.Lost);
        Assert.Equal(1, _faults.Count);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.DropNewest)]
    public async Task At_a_hole_that_took_markers_along(LanePolicy policy)
    {
        var handler = new Thrower { IsHeld = true };
        await using (Lane lane = Lane.Start(handler, Delivery.Lane(2, policy), _faults))
        {
            Send(lane, "0");
            handler.WaitUntilHeld();
            if (policy == LanePolicy.DropNewest)
            {
                Send(lane, "1");
                Send(lane, "2");
            }

            // One tick and one marker that have no place; both are announced before what comes behind them.
            Send(lane, "3");
            lane.OnGap(Marker(7));
            if (policy == LanePolicy.DropOldest)
            {
                Send(lane, "4");
                Send(lane, "5");
            }

            handler.Release();
            await Deadline.UntilAsync(() => lane.Statistics.Delivered == 3, "what was left");
            Send(lane, "6");
        }

        Assert.Equal(policy == LanePolicy.DropNewest ? ["0", "1", "2", "6"] : ["0", "4", "5", "6"], handler.Ticks);
        Assert.Equal([1, -1], handler.Lost);
        Assert.Equal(2, _faults.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_a_conflating_lane(bool dropped)
    {
        var handler = new Thrower { IsHeld = true };
        await using (Lane lane = Lane.Start(handler, Delivery.Conflate() with { CopyLimit = 4 }, _faults))
        {
            Send(lane, "0");
            handler.WaitUntilHeld();
            lane.OnGap(Marker(7));
            if (dropped)
            {
                // Too long to be copied, and not to be leased: a tick that is dropped, and has a marker of its own.
                Send(lane, "too long");
            }

            Send(lane, "2");
            handler.Release();
        }

        Assert.Equal(["0", "2"], handler.Ticks);
        Assert.Equal(dropped ? [1, 7] : [7], handler.Lost);
        Assert.Equal(dropped ? 2 : 1, _faults.Count);
    }

    private void Send(Lane lane, string text) => lane.OnTick(new Tick(_symbol, s_channel, Encoding.ASCII.GetBytes(text), 1, s_noLeases));

    private Gap Marker(long lost) => new(_symbol, s_channel, GapCause.Sequence, 1, 1, lost);

    /// <summary>Memory of which nothing can be kept.</summary>
    private sealed class NoLeases : ILeaseSource
    {
        public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease)
        {
            lease = default;
            return false;
        }
    }

    /// <summary>Throws at each marker, after it has noted it. Can be held at its first tick.</summary>
    private sealed class Thrower : ITickHandler
    {
        private readonly ManualResetEventSlim _held = new();
        private readonly ManualResetEventSlim _release = new();

        public bool IsHeld { get; init; }

        public List<string> Ticks { get; } = [];

        public List<long> Lost { get; } = [];

        public void WaitUntilHeld() => Assert.True(_held.Wait(TimeSpan.FromSeconds(30)));

        public void Release() => _release.Set();

        public void OnTick(in Tick tick)
        {
            Ticks.Add(Encoding.ASCII.GetString(tick.Payload));
            if (IsHeld)
            {
                _held.Set();
                Assert.True(_release.Wait(TimeSpan.FromSeconds(30)));
            }
        }

        public void OnGap(in Gap gap)
        {
            Lost.Add(gap.Lost);
            throw new InvalidOperationException("a bug in the engine");
        }
    }
}
