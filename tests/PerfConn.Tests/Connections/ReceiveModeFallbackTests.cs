using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Tests.Diagnostics;
using PerfConn.Transport;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A transport whose input cannot block a thread, like the one in memory, is read by the pool whatever mode was asked for, and the log says so.</summary>
public sealed class ReceiveModeFallbackTests
{
    private const int Fallback = 808;

    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly RecordingLogger _log = new();

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    [InlineData(ReceiveMode.Spin)]
    public async Task What_cannot_block_is_read_by_the_pool_and_the_log_says_so_once(ReceiveMode mode)
    {
        // An in-memory transport may go on on the thread that wrote; a line's own thread has its name.
        bool? isOwnThread = null;
        var ticks = new RecordingHandler(_symbols) { Before = () => isOwnThread = Thread.CurrentThread.Name?.StartsWith("perfconn ", StringComparison.Ordinal) ?? false };
        await using Line line = await Deadline.Within(Line.ConnectAsync(Address, new LineOptions
        {
            Transport = _venue.Factory,
            Symbols = _symbols,
            Logger = _log,
            ReceiveMode = mode,
        }));
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], ticks));
        for (int id = 1; id <= 3; id++)
        {
            await venue.TickAsync("BTCUSDT", id);
        }

        await Deadline.UntilAsync(() => ticks.Events.Length == 3, "the ticks");
        Assert.All(ticks.Events, tick => Assert.StartsWith("BTCUSDT {\"e\":\"trade\"", tick, StringComparison.Ordinal));
        Assert.False(isOwnThread, "the ticks came on a thread of the line's own");
        string[] said = [.. _log.Entries.Where(entry => entry.Id.Id == Fallback).Select(entry => $"{entry.Level} {entry.Id.Name}: {entry.Message}")];
        Assert.Equal(
            mode == ReceiveMode.Async
                ? []
                : [$"{LogLevel.Warning} ReceiveModeFallback: Line {line.Name}: this transport cannot be read in mode {mode}; it is read by the thread pool"],
            said);
    }
}
