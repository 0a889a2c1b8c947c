using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Users;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Network;

/// <summary>All connections of a history: it opens them, or refuses, or lets whoever knocks wait for ever.</summary>
internal sealed class SimNetwork(World world, Func<SimConnection, Uri, IServerEnd> accept) : ITransportFactory
{
    /// <summary>For so long after a stall a line may still wait for an answer to what it asked during it.</summary>
    private static readonly TimeSpan s_afterwards = TimeSpan.FromSeconds(1);

    private readonly Chance _chance = world.Chance.Fork();
    private readonly Weather _weather = new(world.Chance.Fork());
    private readonly Dictionary<string, TimeSpan> _askedToWait = new(StringComparer.Ordinal);
    private readonly Queue<TimeSpan> _attempts = new();
    private Shared? _shared;
    private int _numbers;

    /// <summary>Connections whose client has not let go of them entirely.</summary>
    public List<SimConnection> Open { get; } = [];

    /// <summary>What becomes of an attempt to connect to a host.</summary>
    public Func<string, ConnectFate> Fate { get; set; } = static _ => ConnectFate.Accepted;

    /// <summary>Told of each attempt to connect.</summary>
    public Action? Attempted { get; set; }

    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Uri address = endpoint.Url;
        world.Totals.Attempts++;
        world.Trace.Note("connect", 0, 0, address.PathAndQuery);
        Attempted?.Invoke();
        CheckIsWelcome(address);
        CheckRate();
        ConnectFate fate = Fate(address.Host);
        var arrived = new TaskCompletionSource<SimConnection?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(() => arrived.TrySetCanceled(cancellationToken));
        TimeSpan way = _weather.Delay();
        if (fate == ConnectFate.Accepted)
        {
            world.Time.Schedule(way, () => OnKnock(address, way, arrived));
        }
        else if (fate == ConnectFate.Refused)
        {
            world.Time.Schedule(way + way, () => arrived.TrySetResult(null));
        }

        SimConnection connection = await arrived.Task.ConfigureAwait(false) ?? throw new NetworkException(address, "connection refused");
        return connection.Client;
    }

    /// <summary>
    /// A line has read a venue's answer: once its thread has had time to make something of it, nobody must come again before the time is over. What is still in the buffer
    /// of a line that gives up, nobody has been told.
    /// </summary>
    public void OnAskedToWait(Uri address, TimeSpan span)
    {
        TimeSpan end = world.Time.Elapsed + span;
        string who = Who(address);
        world.Time.Schedule(World.Hurry, () => _askedToWait[who] = _askedToWait.TryGetValue(who, out TimeSpan before) && before > end ? before : end);
        if (world.Planted == Planted.EarlyConnect)
        {
            world.Time.Schedule(span / 2, () => CheckIsWelcome(address));
        }
    }

    /// <summary>What the lines have agreed on: with endpoints that they share, what one has been told holds for all.</summary>
    public void Limit(Shared shared) => _shared = shared;

    /// <summary>Whether the network gives a line reason to take its peer for dead.</summary>
    public bool MayBeSilent(int line) => Open.Exists(
        connection => connection.Address.Query == $"?line={line}" && (connection.IsHalfOpen || connection.StalledUntil > world.Time.Elapsed - s_afterwards));

    private string Who(Uri address) => _shared?.Endpoints is null ? address.Host + address.Query : address.Host;

    private void CheckIsWelcome(Uri address)
    {
        if (_askedToWait.TryGetValue(Who(address), out TimeSpan end) && world.Time.Elapsed < end)
        {
            world.Violate("early connect", $"{address.Host}{address.PathAndQuery} is asked again {(end - world.Time.Elapsed).TotalSeconds:0.000} s before it may be{(_shared?.Endpoints is null ? "" : " (endpoints)")}");
        }
    }

    private void CheckRate()
    {
        if (_shared?.Rate is null)
        {
            return;
        }

        _attempts.Enqueue(world.Time.Elapsed);
        while (world.Time.Elapsed - _attempts.Peek() >= Shared.Window)
        {
            _attempts.Dequeue();
        }

        if (_attempts.Count > _shared.Connects)
        {
            world.Violate("connect rate", $"{_attempts.Count} connects within {Shared.Window.TotalSeconds:0} s; {_shared.Connects} are allowed");
        }
    }

    private void OnKnock(Uri address, TimeSpan wayBack, TaskCompletionSource<SimConnection?> arrived)
    {
        if (arrived.Task.IsCompleted)
        {
            return;
        }

        var connection = new SimConnection(world, _weather, address, ++_numbers);
        connection.Server = accept(connection, address);
        world.Time.Schedule(wayBack + (_chance.OneIn(4) ? _chance.Between(0, 40) : TimeSpan.Zero), () =>
        {
            if (arrived.TrySetResult(connection))
            {
                Open.Add(connection);
                Open.RemoveAll(static open => open.Client.IsDisposed);
            }
            else
            {
                connection.Server?.OnEnd(isReset: true);
            }
        });
    }
}
