using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Transport;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>A manager on a scripted venue, under a manual clock; all of its events are kept.</summary>
public abstract class ManagerTestBase : IAsyncDisposable
{
    private protected readonly ManualTimeProvider _time = new();
    private protected readonly ScriptedVenue _venue = new() { OnlyKeeps = true };
    private protected readonly ConcurrentQueue<LineEvent> _events = new();
    private protected readonly ConnectionManager _manager;

    protected ManagerTestBase()
    {
        _manager = NewManager(new ConnectionManagerOptions { EventCapacity = 10_000 });
    }

    private protected ConnectionOptions Options => new()
    {
        Endpoint = Endpoint.Parse("ws://venue.test/api"),
        Line = new LineOptions
        {
            Transport = _venue.Factory,
            TimeProvider = _time,
            Heartbeat = null,
            JitterSeed = 1,
            CloseTimeout = TimeSpan.Zero,
            Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        },
    };

    private protected ConnectionManager NewManager(ConnectionManagerOptions options)
    {
        var manager = new ConnectionManager(options with { TimeProvider = _time, Network = options.Network is SystemNetworkMonitor ? null : options.Network });
        manager.Events.Subscribe(_events.Enqueue);
        return manager;
    }

    public async ValueTask DisposeAsync()
    {
        await Deadline.Within(_manager.DisposeAsync().AsTask());
        GC.SuppressFinalize(this);
    }

    private protected async Task<(ConnectionId Id, ScriptedVenue.Connection Peer)> CreateAsync(ConnectionOptions? options = null)
    {
        ConnectionId id = await Deadline.Within(_manager.CreateAsync(options ?? Options));
        return (id, await _venue.NextConnectionAsync());
    }

    private protected Task<JsonReply> Ask(string json, ConnectionId? id = null) => _manager.RequestAsync(json, id).AsTask();

    private protected Task EventAsync<T>(int count = 1)
        where T : LineEvent => Deadline.UntilAsync(() => _events.OfType<T>().Count() >= count, $"{count} of {typeof(T).Name}");

    private protected static long IdOf(string message) => JsonDocument.Parse(message).RootElement.GetProperty("req_id").GetInt64();
}
