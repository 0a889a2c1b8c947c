using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Network;
using PerfConn.SimulationTests.Users;
using PerfConn.SimulationTests.Venue;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Venues.Binance;

namespace PerfConn.SimulationTests.Running;

/// <summary>Trials of one thing many times over, on the simulated network: each prints one line of JSON.</summary>
internal sealed class Trials
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    private readonly World _world;
    private readonly SimVenue _venue;
    private readonly Chance _chance;
    private readonly SymbolMap _symbols = new(ignoreCase: true);

    private Trials(ulong seed)
    {
        _world = new World(seed, Planted.Nothing, text: null);
        _venue = new SimVenue(_world);
        _chance = _world.Chance.Fork();
    }

    /// <summary>Rotates a line again and again under a feed of all streams: nothing is missing, nothing comes twice.</summary>
    public static Task<int> RotateAsync(long count, ulong seed) => new Trials(seed).RotateAsync(count);

    /// <summary>Cuts a line as soon as it is live, again and again: memory stays where it is.</summary>
    public static Task<int> ReconnectAsync(long count, ulong seed) => new Trials(seed).ReconnectAsync(count);

    /// <summary>Cuts many lines at once, which share a connect rate: they come back spread evenly.</summary>
    public static Task<int> HerdAsync(int count, ulong seed) => new Trials(seed).HerdAsync(count);

    private async Task<int> RotateAsync(long count)
    {
        long start = Stopwatch.GetTimestamp();
        Line line = await OpenAsync(Options());
        SimHandler handler = await SubscribeAsync(line, _venue.Market.Streams);
        TickLater();
        for (long i = 0; i < count; i++)
        {
            Task rotating = line.RotateAsync();
            await _world.RunUntilAsync(() => rotating.IsCompleted, s_limit);
            await rotating;
        }

        _venue.Habits.IsQuiet = true;
        await _world.RunForAsync(TimeSpan.FromSeconds(1));
        long published = _venue.Market.Streams.Sum(static stream => stream.Count);
        long missing = handler.Ledgers.Sum(static ledger => ledger.Stream.Count - ledger.Last) + _world.Violations.Count(static violation => violation.Rule == "silent gap");
        Print($"\"rotations\":{line.Statistics.Rotations},\"published\":{published},\"delivered\":{_world.Totals.Ticks},\"missing\":{missing},\"twice\":{_world.Totals.Duplicates},\"gaps\":{_world.Totals.Gaps},\"duplicatesDropped\":{line.Statistics.Duplicates}", start);
        await CloseAsync([line]);
        return missing == 0 && _world.Violations.Count == 0 && _world.Totals.Gaps == 0 && published == _world.Totals.Ticks && line.Statistics.Rotations == count ? 0 : 1;
    }

    private async Task<int> ReconnectAsync(long count)
    {
        long start = Stopwatch.GetTimestamp();
        Line line = await OpenAsync(Options());
        await SubscribeAsync(line, _venue.Market.Streams.GetRange(0, 3));
        long warm = Math.Min(count / 10, 10_000);
        long before = 0;
        for (long i = 0; i < count; i++)
        {
            if (i == warm)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            _venue.Network.Open.Find(static connection => !connection.Client.IsEnded)!.Cut();
            await _world.RunUntilAsync(() => line.Statistics is { StreamsConfirmed: 3 } && line.State == LineState.Live && line.Statistics.Reconnects == i + 1, s_limit);
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Print($"\"reconnects\":{line.Statistics.Reconnects},\"virtualHours\":{_world.Time.Elapsed.TotalHours:0.0},\"bytesAfter\":{warm},\"bytesStart\":{before},\"bytesEnd\":{after}", start);
        bool isWhole = line.Statistics.Reconnects == count;
        await CloseAsync([line]);
        return isWhole && _world.Violations.Count == 0 && after < before + (1024 * 1024) ? 0 : 1;
    }

    private async Task<int> HerdAsync(int count)
    {
        const int Connects = 1000;
        long start = Stopwatch.GetTimestamp();
        var window = TimeSpan.FromSeconds(10);
        var rate = new ConnectRate(Connects, window, time: _world.Time);
        LineOptions options = Options() with { ConnectRate = rate, Heartbeat = new HeartbeatOptions() };
        var opening = new List<Task<Line>>();
        for (int i = 0; i < count; i++)
        {
            opening.Add(Line.ConnectAsync(Address(), options with { JitterSeed = _chance.Below(int.MaxValue) }));
        }

        Task<Line[]> all = Task.WhenAll(opening);
        await _world.RunUntilAsync(() => all.IsCompleted, TimeSpan.FromHours(1));
        Line[] lines = await all;
        await _world.RunForAsync(window + window);
        var attempts = new List<TimeSpan>();
        TimeSpan cut = _world.Time.Elapsed;
        _venue.Network.Attempted = () => attempts.Add(_world.Time.Elapsed - cut);
        foreach (VenueSession session in _venue.SessionsOf(null))
        {
            session.Cut("herd");
        }

        int back = 0;
        await _world.RunUntilAsync(() => attempts.Count >= count && (back = lines.Count(static line => line.Statistics.Reconnects > 0)) == count, TimeSpan.FromHours(1));
        int peak = attempts.GroupBy(static at => (long)(at.TotalMilliseconds / 100)).Max(static bucket => bucket.Count());
        double share = Connects / window.TotalMilliseconds * 100;
        Print($"\"lines\":{count},\"back\":{back},\"attempts\":{attempts.Count},\"seconds\":{attempts[^1].TotalSeconds:0.0},\"peakPer100ms\":{peak},\"uniformShare\":{share:0.0},\"ratio\":{peak / share:0.00}", start);
        await CloseAsync(lines);
        return back == count && peak <= 1.5 * share && _world.Violations.Count == 0 ? 0 : 1;
    }

    private static Venue<BinanceProtocol> Address() => BinanceVenue.Spot.At(Shared.Address) with { Limits = new VenueLimits() };

    private LineOptions Options() => new()
    {
        Transport = _venue.Network,
        TimeProvider = _world.Time,
        Symbols = _symbols,
        JitterSeed = _chance.Below(int.MaxValue),
        Heartbeat = new HeartbeatOptions(),
        Reconnect = new ReconnectOptions { MaxDelay = TimeSpan.FromSeconds(1) },
        Rotation = new RotationOptions { Overlap = TimeSpan.FromMilliseconds(100) },
    };

    private async Task<Line> OpenAsync(LineOptions options)
    {
        Task<Line> opening = Line.ConnectAsync(Address(), options);
        await _world.RunUntilAsync(() => opening.IsCompleted, s_limit);
        return await opening;
    }

    private async Task<SimHandler> SubscribeAsync(Line line, List<MarketStream> streams)
    {
        var handler = new SimHandler(_world, _chance.Fork(), throws: false);
        foreach (MarketStream stream in streams)
        {
            bool isStream = BinanceProtocol.TryParseStream(stream.Name, out string symbol, out TickChannel channel, out string error);
            Debug.Assert(isStream, error);
            handler.Add(_symbols.GetOrAdd(symbol), channel, new Ledger(_world, stream, subscription: 1));
        }

        Task subscribing = line.SubscribeAsync([.. streams.Select(static stream => stream.Name)], handler);
        await _world.RunUntilAsync(() => subscribing.IsCompleted, s_limit);
        await subscribing;
        foreach (Ledger ledger in handler.Ledgers)
        {
            ledger.Confirm();
        }

        return handler;
    }

    private async Task CloseAsync(IReadOnlyList<Line> lines)
    {
        Task closing = Task.WhenAll(lines.Select(static line => line.DisposeAsync().AsTask()));
        await _world.RunUntilAsync(() => closing.IsCompleted, s_limit);
        await closing;
    }

    private void TickLater() => _world.Time.Schedule(_chance.After(2), () =>
    {
        if (!_venue.Habits.IsQuiet)
        {
            _venue.Publish(_venue.Market.Streams[_chance.Below(_venue.Market.Streams.Count)]);
            TickLater();
        }
    });

    private void Print(FormattableString figures, long start)
    {
        foreach (Violation violation in _world.Violations.Take(20))
        {
            Console.WriteLine($"{violation.Rule}: {violation.Detail}");
        }

        string wall = Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Console.WriteLine($"{{{figures.ToString(CultureInfo.InvariantCulture)},\"violations\":{_world.Violations.Count},\"wallSeconds\":{wall}}}");
    }
}
