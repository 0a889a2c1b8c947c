using System.Threading;

namespace PerfConn.Connections;

/// <summary>
/// What a session's receive loop tells of itself, by plain writes, for the timers that watch it: when it read last, whether it is handling, and which message
/// has begun and not ended.
/// </summary>
/// <remarks>One writer, the receive loop; any thread may read. No clock is asked for it: when a message began, a watcher finds out by looking twice.</remarks>
internal sealed class ReceiveProgress(long start)
{
    private long _received = start;
    private bool _isBusy;
    private long _openMessage;

    /// <summary>The receive loop's own: the messages that have been seen open, and what the last read left behind.</summary>
    private long _opened;
    private long _frames;
    private bool _isOpen;
    private bool _isMidway;

    /// <summary>Timestamp of the last read.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Whether what was read last is still being handled, so that nothing could be read since.</summary>
    public bool IsBusy => Volatile.Read(ref _isBusy);

    /// <summary>A number of the message that the last read left unfinished, another for each message; 0 when it ended between two.</summary>
    public long OpenMessage => Volatile.Read(ref _openMessage);

    /// <summary>A read has returned; what it brought is being handled.</summary>
    public void BeginHandling(long timestamp)
    {
        Volatile.Write(ref _received, timestamp);
        Volatile.Write(ref _isBusy, true);
    }

    /// <summary>It is handled, and the session goes on.</summary>
    /// <param name="isMidway">Whether the parser has a part of a message.</param>
    /// <param name="isLeft">Whether bytes are left that the parser has not consumed.</param>
    /// <param name="isTaken">Whether it has consumed any of this read's buffer.</param>
    /// <param name="frames">Messages of the line so far.</param>
    public void EndHandling(bool isMidway, bool isLeft, bool isTaken, long frames)
    {
        if (isMidway || isLeft)
        {
            // The same as before, unless a message has ended since; outside a message a control frame's bytes may be what is left, and what was taken another one's.
            if (!_isOpen || frames != _frames || (isTaken && !isMidway && !_isMidway))
            {
                Volatile.Write(ref _openMessage, ++_opened);
            }

            _isOpen = true;
            _isMidway = isMidway;
            _frames = frames;
        }
        else if (_isOpen)
        {
            _isOpen = false;
            _isMidway = false;
            Volatile.Write(ref _openMessage, 0);
        }

        Volatile.Write(ref _isBusy, false);
    }

    /// <summary>The session is over: nothing is awaited any more.</summary>
    public void End() => Volatile.Write(ref _openMessage, 0);
}
