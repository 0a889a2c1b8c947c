using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PerfConn.Buffers;
using PerfConn.Simulator.Limits;
using PerfConn.Simulator.Market;

namespace PerfConn.Simulator.Sessions;

/// <summary>What all sessions of a simulator share.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Venue(BinanceSimulatorOptions options)
{
    /// <summary>How many ended sessions are remembered, so that a test can ask what a cut line had been sent.</summary>
    private const int RememberedSessions = 64;

    private readonly Lock _lock = new();
    private readonly List<Session> _open = [];
    private readonly Queue<Session> _ended = new();
    private readonly RollingWindow _attempts = new(options.ConnectionAttempts, options.ConnectionAttemptsWindow, options.TimeProvider);
    private volatile bool _isPaused;

    public BinanceSimulatorOptions Options { get; } = options;

    public TimeProvider Time { get; } = options.TimeProvider;

    public SimulatedMarket Market { get; } = new(options.Symbols, options.Seed);

    /// <summary>The simulator's own blocks, so that it does not show in the figures of the clients under test beside it.</summary>
    public BlockPool Blocks { get; } = new();

    public Counters Counters { get; } = new();

    public bool IsPaused => _isPaused;

    /// <summary>Counts an attempt to connect; gives how long to stay away, or zero when it may come in.</summary>
    public TimeSpan Admit()
    {
        lock (_lock)
        {
            return _attempts.TryEnter(out TimeSpan wait) ? TimeSpan.Zero : wait;
        }
    }

    public void Opened(Session session)
    {
        lock (_lock)
        {
            _open.Add(session);
        }
    }

    public void Ended(Session session)
    {
        lock (_lock)
        {
            _open.Remove(session);
            _ended.Enqueue(session);
            if (_ended.Count > RememberedSessions)
            {
                _ended.Dequeue();
            }
        }
    }

    public Session[] Open()
    {
        lock (_lock)
        {
            return [.. _open];
        }
    }

    public void Pause(bool isPaused)
    {
        _isPaused = isPaused;
        foreach (Session session in Open())
        {
            session.Wake();
        }
    }

    public IReadOnlyList<StreamPosition> Positions()
    {
        Session[] sessions;
        lock (_lock)
        {
            sessions = [.. _ended, .. _open];
        }

        return [.. sessions.OrderBy(static session => session.Id).SelectMany(static session => session.Positions())];
    }
}
