using System;
using System.Threading;

namespace PerfConn.Dispatch;

/// <summary>
/// The streams of a conflating lane that have something to deliver, first come, first served. A stream is in it at most once, so a ring with a place for each
/// stream never fills up; when a new stream needs a larger one, the writer goes on in a new ring, and the reader follows when it has emptied the old.
/// </summary>
internal sealed class DueQueue
{
    private const int FirstSize = 64;

    private Ring _writing = new(FirstSize);
    private Ring _reading;

    public DueQueue() => _reading = _writing;

    /// <summary>Whether nothing is due. The reader's, or of one who needs no exact answer.</summary>
    public bool IsEmpty
    {
        get
        {
            Ring ring = _reading;
            return Volatile.Read(ref ring.Ends.Tail) == Volatile.Read(ref ring.Ends.Head) && Volatile.Read(ref ring.Next) is null;
        }
    }

    /// <summary>Makes room for so many streams. The writer's.</summary>
    public void EnsureCapacity(int streams)
    {
        if (streams > _writing.Streams.Length)
        {
            var larger = new Ring(_writing.Streams.Length * 2);
            Volatile.Write(ref _writing.Next, larger);
            _writing = larger;
        }
    }

    /// <summary>Puts a stream at the end. The writer's.</summary>
    public void Enqueue(ConflatedStream stream)
    {
        Ring ring = _writing;
        long tail = ring.Ends.Tail;
        ring.Streams[tail & (ring.Streams.Length - 1)] = stream;
        Volatile.Write(ref ring.Ends.Tail, tail + 1);
    }

    /// <summary>Takes the first. The reader's.</summary>
    public bool TryDequeue(out ConflatedStream stream)
    {
        while (true)
        {
            Ring ring = _reading;

            // Asked before the tail is looked at: once there is a next ring, nothing more comes into this one.
            Ring? next = Volatile.Read(ref ring.Next);
            long head = ring.Ends.Head;
            if (head < Volatile.Read(ref ring.Ends.Tail))
            {
                stream = ring.Streams[head & (ring.Streams.Length - 1)];
                Volatile.Write(ref ring.Ends.Head, head + 1);
                return true;
            }

            if (next is null)
            {
                stream = null!;
                return false;
            }

            _reading = next;
        }
    }

    private sealed class Ring(int size)
    {
        public readonly ConflatedStream[] Streams = new ConflatedStream[size];
        public RingEnds Ends;
        public Ring? Next;
    }
}
