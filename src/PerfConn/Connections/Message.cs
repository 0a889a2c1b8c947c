using System;
using System.Diagnostics;
using System.Text;
using PerfConn.Buffers;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>One message as it stands in the receive block: nothing has been copied unless it came in fragments or astride two reads.</summary>
/// <remarks>Valid during the handler's call only (a <c>ref struct</c>, so the compiler holds you to it). Allocates nothing.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct Message
{
    private readonly ILeaseSource? _leaseSource;

    internal Message(MessageLine line, ReadOnlySpan<byte> payload, bool isText, long receiveTimestamp, long connection, ILeaseSource? leaseSource)
    {
        Line = line;
        Payload = payload;
        IsText = isText;
        ReceiveTimestamp = receiveTimestamp;
        Connection = connection;
        _leaseSource = leaseSource;
    }

    /// <summary>The line that brought it: the way to answer.</summary>
    public MessageLine Line { get; }

    /// <summary>The message's bytes; valid UTF-8 when it is text, unless validation is switched off.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether it was sent as text. In a framing that knows no difference: what that framing says of itself.</summary>
    public bool IsText { get; }

    /// <summary>
    /// When the read that brought the end of it returned, in ticks of the line's <see cref="TimeProvider.TimestampFrequency"/> (nanoseconds on Linux). All messages
    /// of one read share it.
    /// </summary>
    public long ReceiveTimestamp { get; }

    /// <summary>
    /// When the operating system received the newest segment of that read, on the same clock; 0 when that is not known. The transport has to be asked for it
    /// (<see cref="Transport.Sockets.SocketTransportOptions.KernelTimestamps"/>).
    /// </summary>
    public long ArrivalTimestamp => _leaseSource is IArrivalInput input ? input.LastArrival : 0;

    /// <summary>
    /// The number of the connection that brought it, from 1. A higher number than the last message's says that the line was lost and made again in between, and that
    /// messages may be missing.
    /// </summary>
    public long Connection { get; }

    /// <summary>
    /// Keeps the payload beyond this call: a reference-counted lease on the block it stands in, or on a copy where the transport's memory cannot be leased. Release
    /// it exactly once.
    /// </summary>
    /// <exception cref="LeaseLimitException">The pool's limit of leased bytes is reached; see <see cref="TryLease"/>.</exception>
    public FrameLease Lease() => (_leaseSource ?? CopyingLeaseSource.Shared).Lease(Payload);

    /// <summary>Likewise; false when the limit of leased bytes (<see cref="BlockPool.LeaseLimit"/>) is reached.</summary>
    public bool TryLease(out FrameLease lease) => (_leaseSource ?? CopyingLeaseSource.Shared).TryLease(Payload, out lease);

    /// <summary>The payload as text, or its length when it is binary; allocates, for logs and debugging.</summary>
    public override string ToString() => IsText ? Encoding.UTF8.GetString(Payload) : $"{Payload.Length} bytes";
}
