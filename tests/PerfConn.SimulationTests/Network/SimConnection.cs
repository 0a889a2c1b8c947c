using System;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Network;

/// <summary>One connection: the client's transport, a wire each way, and whoever serves the other end.</summary>
internal sealed class SimConnection
{
    private readonly World _world;
    private readonly Wire _up;
    private readonly Wire _down;

    public SimConnection(World world, Weather weather, Uri address, int number)
    {
        _world = world;
        Number = number;
        Client = new SimTransport(this, address);
        _up = new Wire(world, weather, bytes => Server?.OnBytes(bytes), isReset => Server?.OnEnd(isReset));
        _down = new Wire(world, weather, Client.OnBytes, Client.OnEnd);
    }

    public int Number { get; }

    public SimTransport Client { get; }

    public IServerEnd? Server { get; set; }

    /// <summary>Whether the network swallows all that both ends say.</summary>
    public bool IsHalfOpen { get; private set; }

    /// <summary>The client's end writes.</summary>
    public void SendUp(ReadOnlyMemory<byte> bytes) => _up.Send(bytes);

    /// <summary>The client's end is done.</summary>
    public void FinishUp(bool isReset) => _up.Finish(isReset);

    /// <summary>The venue writes.</summary>
    public void SendDown(ReadOnlyMemory<byte> bytes, Action? delivered = null) => _down.Send(bytes, delivered);

    /// <summary>The venue is done.</summary>
    public void FinishDown(bool isReset) => _down.Finish(isReset);

    /// <summary>The network cuts the connection: both ends see a reset at once, and what is under way is lost.</summary>
    public void Cut()
    {
        _world.Trace.Note("cut", Number);
        _world.Totals.Cuts++;
        _up.IsSwallowing = true;
        _down.IsSwallowing = true;
        Client.OnEnd(isReset: true);
        Server?.OnEnd(isReset: true);
    }

    /// <summary>The network forgets the connection and tells nobody.</summary>
    public void ForgetSilently()
    {
        _world.Trace.Note("half-open", Number);
        _world.Totals.Cuts++;
        IsHalfOpen = true;
        _up.IsSwallowing = true;
        _down.IsSwallowing = true;
    }

    /// <summary>One direction hangs for a while, then goes on as if nothing had been.</summary>
    public void Stall(bool isDown, TimeSpan span)
    {
        _world.Trace.Note(isDown ? "stall down" : "stall up", Number, (long)span.TotalMilliseconds);
        (isDown ? _down : _up).Stall(span);
    }
}
