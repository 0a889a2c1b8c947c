using System;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Users;

namespace PerfConn.SimulationTests.Network;

/// <summary>One connection: the client's transport, a wire each way, and whoever serves the other end.</summary>
internal sealed class SimConnection
{
    /// <summary>Heartbeat interval and timeout, 250 ms, three timers that may be 200 ms late, and the moment that a late look gives what stands unread: four times its lateness.</summary>
    private static readonly TimeSpan s_noticed = LinePlan.HeartbeatInterval + LinePlan.HeartbeatTimeout + TimeSpan.FromMilliseconds(250 + (3 * 200) + (4 * 200));

    private readonly World _world;
    private readonly Wire _up;
    private readonly Wire _down;
    private TimeSpan _forgotten;
    private int _jumps;

    public SimConnection(World world, Weather weather, Uri address, int number)
    {
        _world = world;
        Address = address;
        Number = number;
        Client = new SimTransport(this, address);
        _up = new Wire(world, weather, (bytes, _) => Server?.OnBytes(bytes), isReset => Server?.OnEnd(isReset));
        _down = new Wire(world, weather, Client.OnBytes, Client.OnEnd);
    }

    public int Number { get; }

    /// <summary>What the client asked for.</summary>
    public Uri Address { get; }

    /// <summary>Until when one direction hangs.</summary>
    public TimeSpan StalledUntil { get; private set; }

    public SimTransport Client { get; }

    public IServerEnd? Server { get; set; }

    /// <summary>Whether the network swallows all that both ends say.</summary>
    public bool IsHalfOpen { get; private set; }

    /// <summary>The client's end writes.</summary>
    public void SendUp(ReadOnlyMemory<byte> bytes) => _up.Send(bytes);

    /// <summary>The client's end is done.</summary>
    public void FinishUp(bool isReset)
    {
        TimeSpan unnoticed = _world.Time.Elapsed - _forgotten;
        if (IsHalfOpen && unnoticed > s_noticed && _jumps == _world.Time.Jumps)
        {
            _world.Violate("noticed late", $"connection {Number} was dead for {unnoticed.TotalSeconds:0.000} s before its line noticed");
        }

        _up.Finish(isReset);
    }

    /// <summary>The venue writes, and may hear when the line has read it.</summary>
    public void SendDown(ReadOnlyMemory<byte> bytes, Action? read = null) => _down.Send(bytes, read);

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
        _forgotten = _world.Time.Elapsed;
        _jumps = _world.Time.Jumps;
        _up.IsSwallowing = true;
        _down.IsSwallowing = true;
    }

    /// <summary>One direction hangs for a while, then goes on as if nothing had been.</summary>
    public void Stall(bool isDown, TimeSpan span)
    {
        _world.Trace.Note(isDown ? "stall down" : "stall up", Number, (long)span.TotalMilliseconds);
        TimeSpan end = _world.Time.Elapsed + span;
        StalledUntil = StalledUntil > end ? StalledUntil : end;
        (isDown ? _down : _up).Stall(span);
    }
}
