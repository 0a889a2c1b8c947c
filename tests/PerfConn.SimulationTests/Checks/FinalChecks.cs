using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Sequencing;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Users;
using PerfConn.SimulationTests.Venue;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Checks;

/// <summary>What has to hold when the faults are over, and when everybody has left.</summary>
internal sealed class FinalChecks(World world, SimVenue venue, SimDesk? desk)
{
    /// <summary>The longest that a line may take to be right again: the longest wait that a venue has asked for, its backoff, and a dead peer to be noticed.</summary>
    private static readonly TimeSpan s_recovery = TimeSpan.FromMinutes(4);

    /// <summary>Looks in a row that find all right: long enough for a dead peer to be noticed, and for a stalled direction to go on.</summary>
    private const int Calm = 18;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_leaving = TimeSpan.FromMinutes(1);

    /// <summary>All lines become live, with the venue and the user agreed on what is subscribed; then every tick arrives.</summary>
    public async Task CheckRecoveryAsync(IReadOnlyList<SimLine> lines)
    {
        if (world.Planted == Planted.LeakedConnection)
        {
            _ = venue.Network.ConnectAsync(Endpoint.Parse(Shared.Address), default);
        }

        List<SimLine> open = [];
        TimeSpan end = world.Time.Elapsed + s_recovery;
        int calm = 0;
        while (calm < Calm && world.Time.Elapsed < end)
        {
            await world.RunForAsync(s_look);
            open = [.. lines.Where(static line => line is { Line: not null, IsOver: false })];
            calm = lines.All(static line => line.Calls == 0) && open.TrueForAll(IsRight) && desk?.IsRight() is not false ? calm + 1 : 0;
        }

        foreach (SimLine line in lines.Where(static line => line.Calls > 0))
        {
            world.Violate("call never returned", $"line {line.Number}, {line.Line?.State.ToString() ?? "not connected"}: {line.Calls} calls");
        }

        if (desk is { Calls: > 0 })
        {
            world.Violate("call never returned", $"manager: {desk.Calls} calls; {desk.Describe()}");
        }

        if (calm < Calm)
        {
            if (desk?.IsRight() is false)
            {
                world.Violate("not recovered", desk.Describe());
            }

            foreach (SimLine line in open.Where(line => !IsRight(line)))
            {
                world.Violate("not recovered", $"line {line.Number}: {Describe(line)}");
            }
        }

        venue.Habits.IsQuiet = true;
        foreach (MarketStream stream in venue.Market.Streams)
        {
            venue.Publish(stream);
            venue.Publish(stream);
        }

        foreach (MarketStream quote in venue.Market.Quotes)
        {
            venue.PublishQuote(quote);
            venue.PublishQuote(quote);
        }

        await world.RunForAsync(s_look);
        foreach (SimLine line in open)
        {
            CheckLine(line);
        }

        desk?.Check();
    }

    /// <summary>Everybody has left: nothing is open, nothing is set, nothing is rented.</summary>
    public async Task CheckLeavingAsync(IReadOnlyList<SimLine> lines)
    {
        if (!await world.RunUntilAsync(() => desk is not { Calls: > 0 }, s_leaving))
        {
            world.Violate("call never returned", $"disposing the manager: {desk!.Describe()}");
        }

        if (!await world.RunUntilAsync(() => lines.All(static line => line.Calls == 0), s_leaving))
        {
            world.Violate("call never returned", "disposing " + string.Join(", ", lines.Where(static line => line.Calls > 0).Select(static line => $"line {line.Number} ({line.Line?.State})")));
        }

        await World.SettleAsync();
        Plant();
        int timers = world.Time.ActiveTimers;
        int undisposed = venue.Network.Open.Count(static connection => !connection.Client.IsDisposed);
        if (timers != 0)
        {
            world.Violate("timer left", $"{timers} timers are set after everything has been disposed {string.Join("; ", world.Time.Origins)}");
        }

        if (undisposed != 0)
        {
            world.Violate("connection left", $"{undisposed} connections are not disposed");
        }

        if (World.Pool.Outstanding != 0)
        {
            world.Violate("block left", $"{World.Pool.Outstanding} blocks are not returned");
            s_leaked.Clear();
        }

        if (!await world.RunUntilAsync(() => venue.Sessions.Count == 0, s_leaving))
        {
            world.Violate("connection left", $"the venue has {venue.Sessions.Count} connections open");
        }
    }

    private static readonly List<IDisposable> s_leaked = [];

    private bool IsRight(SimLine line)
    {
        LineStatistics statistics = line.Line!.Statistics;
        return line.Line.State == LineState.Live && statistics.StreamsWanted == statistics.StreamsConfirmed && line.Line.Completion.IsCompleted is false;
    }

    private void CheckLine(SimLine line)
    {
        var desired = new SortedSet<string>(line.Subscriptions.SelectMany(static subscription => subscription.Streams), StringComparer.Ordinal);
        List<VenueSession> sessions = venue.Sessions.FindAll(session => session.Address.Query == $"?line={line.Number}" && !session.Connection.IsHalfOpen);
        List<VenueSession> subscribed = sessions.FindAll(static session => session.Streams.Count > 0);
        if (line.Line!.State == LineState.Rotating && subscribed.Count > 1)
        {
            subscribed.RemoveAt(1);
        }

        IEnumerable<string> actual = subscribed.SelectMany(static session => session.Streams).Order(StringComparer.Ordinal);
        if (!desired.SequenceEqual(actual))
        {
            world.Violate("sets differ", $"line {line.Number}: the user wants {string.Join(' ', desired)}; the venue has {string.Join(" | ", subscribed.Select(static session => string.Join(' ', session.Streams.Order(StringComparer.Ordinal))))}");
        }

        foreach ((Ledger ledger, Liveness state) in line.Subscriptions.SelectMany(subscription => subscription.Handler.States(line.Line)))
        {
            if (ledger.IsUpToDate && !state.IsLive)
            {
                world.Violate("not live", $"line {line.Number}, {ledger.Stream.Name}: {state.Why}, though it ticks");
            }

            if (!ledger.IsUpToDate)
            {
                world.Violate("stream is dead", $"line {line.Number}, {ledger.Stream.Name}: {ledger.Last} of {ledger.Stream.Count} ticks, and no more come");
            }
        }
    }

    private static string Describe(SimLine line) => $"{line.Line!.State}, {line.Line.Statistics}";

    private void Plant()
    {
        switch (world.Planted)
        {
            case Planted.LeakedTimer:
                world.Time.CreateTimer(static _ => { }, null, TimeSpan.FromHours(1), TimeSpan.Zero);
                break;
            case Planted.LeakedBlock:
                s_leaked.Add(new Leaked(World.Pool.Rent()));
                break;
            default:
                break;
        }
    }

    private sealed class Leaked(PerfConn.Buffers.PinnedBlock block) : IDisposable
    {
        public void Dispose() => block.Release();
    }
}
