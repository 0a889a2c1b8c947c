using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.Simulator.Sessions;

/// <summary>The simulator's counters. Added to once per message or write, never per tick.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Counters
{
    private readonly long[] _disconnects = new long[Enum.GetValues<DisconnectCause>().Length];
    private long _accepted;
    private long _ended;
    private long _refused;
    private long _messages;
    private long _frames;
    private long _ticks;
    private long _bytes;

    /// <summary>Counts a connection; gives its number.</summary>
    public long Accepted() => Interlocked.Increment(ref _accepted);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Message() => Interlocked.Increment(ref _messages);

    public void Sent(in Batch batch)
    {
        Interlocked.Add(ref _frames, batch.Frames);
        Interlocked.Add(ref _ticks, batch.Ticks);
        Interlocked.Add(ref _bytes, batch.Bytes.Length);
    }

    public void Ended(DisconnectCause cause)
    {
        Interlocked.Increment(ref _disconnects[(int)cause]);
        Interlocked.Increment(ref _ended);
    }

    public SimulatorStatistics Snapshot()
    {
        var disconnects = new Dictionary<DisconnectCause, long>();
        foreach (DisconnectCause cause in Enum.GetValues<DisconnectCause>())
        {
            if (Volatile.Read(ref _disconnects[(int)cause]) is > 0 and var count)
            {
                disconnects.Add(cause, count);
            }
        }

        // Ended first: read the other way round, a connection could seem to be open a time too few.
        long ended = Volatile.Read(ref _ended);
        long accepted = Volatile.Read(ref _accepted);
        return new SimulatorStatistics
        {
            ConnectionsAccepted = accepted,
            ConnectionsOpen = accepted - ended,
            ConnectionsRefused = Volatile.Read(ref _refused),
            MessagesReceived = Volatile.Read(ref _messages),
            FramesSent = Volatile.Read(ref _frames),
            TicksSent = Volatile.Read(ref _ticks),
            BytesSent = Volatile.Read(ref _bytes),
            Disconnects = disconnects,
        };
    }
}
