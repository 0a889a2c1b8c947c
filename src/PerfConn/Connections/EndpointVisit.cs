using System;
using System.Threading;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// One attempt at an endpoint of a set, and the session that may come of it. Each step is reported once, and each visit is ended: by <see cref="OnFailed"/>, <see cref="OnNothing"/>, or,
/// after <see cref="OnConnected"/>, by <see cref="OnEnded"/> or <see cref="OnClosed"/>, of which only the first counts.
/// </summary>
internal sealed class EndpointVisit(EndpointSet set, int index, Endpoint endpoint, CircuitPermit permit)
{
    private readonly long _start = set.Timestamp();
    private long _connected;
    private int _isOver;

    /// <summary>The endpoint as it stands in the set.</summary>
    public Endpoint Endpoint => endpoint;

    /// <summary>The line is ready.</summary>
    public void OnConnected()
    {
        _connected = set.Timestamp();
        set.OnConnected(index, permit, _start);
    }

    /// <summary>It could not be made.</summary>
    public void OnFailed(Exception error) => set.OnFailed(index, permit, error);

    /// <summary>It was given up before it began.</summary>
    public void OnNothing() => set.OnNothing(index, permit);

    /// <summary>The session was lost.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="prefersOther">Whether this side has a reason to go elsewhere, such as data that stopped coming.</param>
    public void OnEnded(LossKind kind, bool prefersOther = false)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            set.OnEnded(index, _connected, kind, prefersOther);
        }
    }

    /// <summary>The session was ended on this side, which says nothing about the endpoint.</summary>
    public void OnClosed()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            set.OnClosed(index);
        }
    }
}
