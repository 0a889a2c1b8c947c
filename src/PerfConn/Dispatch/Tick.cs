using System;
using System.Diagnostics;
using System.Text;
using PerfConn.Buffers;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.Dispatch;

/// <summary>
/// One market data item as it stands in the receive block: nothing has been copied, nothing has been decoded. Typed values are read
/// from <see cref="Payload"/> on demand, by <c>JsonFields</c> or by a venue's own views.
/// </summary>
/// <remarks>Valid during the handler's call only (a <c>ref struct</c>, so the compiler holds you to it). Allocates nothing.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct Tick
{
    private readonly ILeaseSource? _leaseSource;

    /// <summary>Makes a tick over a payload; for protocols' and handlers' own tests, the pipeline makes the real ones.</summary>
    /// <param name="symbol">The symbol's id.</param>
    /// <param name="channel">The stream of that symbol.</param>
    /// <param name="payload">The bytes of the item.</param>
    /// <param name="receiveTimestamp">When the read that brought it returned.</param>
    /// <param name="leaseSource">Where the payload's block can be leased; null copies instead.</param>
    /// <param name="conflated">How many older ticks of the stream this one stands for, besides itself.</param>
    public Tick(
        SymbolId symbol, TickChannel channel, ReadOnlySpan<byte> payload, long receiveTimestamp, ILeaseSource? leaseSource = null, int conflated = 0)
    {
        Payload = payload;
        ReceiveTimestamp = receiveTimestamp;
        _leaseSource = leaseSource;
        Symbol = symbol;
        Channel = channel;
        Conflated = conflated;
    }

    /// <summary>The venue's bytes of this item, without its envelope.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>
    /// When the read that brought this tick returned, in ticks of the line's <see cref="TimeProvider.TimestampFrequency"/>
    /// (nanoseconds on Linux). All ticks of one read share it.
    /// </summary>
    public long ReceiveTimestamp { get; }

    /// <summary>
    /// When the operating system received the newest segment of that read, on the same clock; 0 when that is not known. The transport has to be asked for it
    /// (<see cref="Transport.Sockets.SocketTransportOptions.KernelTimestamps"/>). Behind a lane it is not known.
    /// </summary>
    public long ArrivalTimestamp => _leaseSource is IArrivalInput input ? input.LastArrival : 0;

    /// <summary>The symbol, dense and stable across reconnects.</summary>
    public SymbolId Symbol { get; }

    /// <summary>The stream of that symbol.</summary>
    public TickChannel Channel { get; }

    /// <summary>
    /// How many older ticks of this stream, not delivered before, this one has replaced on a lane with <see cref="LanePolicy.Conflate"/>; 0 everywhere else.
    /// </summary>
    public int Conflated { get; }

    /// <summary>
    /// Keeps the payload beyond this call: a reference-counted lease on the block it stands in, or on a copy where the transport's
    /// memory cannot be leased. Release it exactly once.
    /// </summary>
    /// <exception cref="LeaseLimitException">The pool's limit of leased bytes is reached; see <see cref="TryLease"/>.</exception>
    public FrameLease Lease() => (_leaseSource ?? CopyingLeaseSource.Shared).Lease(Payload);

    /// <summary>Likewise; false when the limit of leased bytes (<see cref="BlockPool.LeaseLimit"/>) is reached.</summary>
    public bool TryLease(out FrameLease lease) => (_leaseSource ?? CopyingLeaseSource.Shared).TryLease(Payload, out lease);

    /// <summary>The payload as text; allocates, for logs and debugging.</summary>
    public override string ToString() => $"{Symbol} ch{Channel.Value} {Encoding.UTF8.GetString(Payload)}";
}
