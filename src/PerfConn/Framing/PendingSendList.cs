using System;

namespace PerfConn.Framing;

/// <summary>Sends in the order in which they came, linked through themselves. A mutable struct: keep it in a field or a local, and pass it by reference.</summary>
internal struct PendingSendList
{
    private PendingSend? _last;

    public PendingSend? First { get; private set; }

    public readonly bool IsEmpty => First is null;

    public void Add(PendingSend send)
    {
        send.Previous = _last;
        send.Next = null;
        if (_last is null)
        {
            First = send;
        }
        else
        {
            _last.Next = send;
        }

        _last = send;
    }

    public void Remove(PendingSend send)
    {
        if (send.Previous is null)
        {
            First = send.Next;
        }
        else
        {
            send.Previous.Next = send.Next;
        }

        if (send.Next is null)
        {
            _last = send.Previous;
        }
        else
        {
            send.Next.Previous = send.Previous;
        }

        send.Next = send.Previous = null;
    }

    /// <summary>Moves all of another list to the end of this one.</summary>
    public void Take(ref PendingSendList other)
    {
        while (other.First is { } send)
        {
            other.Remove(send);
            Add(send);
        }
    }

    /// <summary>Completes all of them, one that the encoder has rejected with its own error, and is empty. A completed send may be in its next use at once, so it leaves the list first. Call it without a lock.</summary>
    public void Complete(Exception? error)
    {
        while (First is { } send)
        {
            Remove(send);
            if ((send.Rejection ?? error) is { } failure)
            {
                send.Fail(failure);
            }
            else
            {
                send.Succeed();
            }
        }
    }
}
