using System;

namespace PerfConn.Protocol;

/// <summary>
/// Where a protocol pours what a message means. One message may pour several items (an array of ticks). The spans are valid
/// during the call only.
/// </summary>
/// <remarks>Implemented by structs and passed by reference, so that the calls compile to direct, inlinable ones.</remarks>
public interface IProtocolSink
{
    /// <summary>A market data item.</summary>
    /// <param name="symbol">The venue's spelling of the symbol, in whichever case it was sent.</param>
    /// <param name="channel">The stream of that symbol.</param>
    /// <param name="payload">The item itself, without the venue's envelope.</param>
    void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload);

    /// <summary>The venue accepted the request with this id. <paramref name="result"/> is the raw result value (for a list request: the list).</summary>
    void OnAccepted(long requestId, ReadOnlySpan<byte> result);

    /// <summary>The venue refused a request, or sent an error that names no request (<paramref name="requestId"/> is then -1).</summary>
    /// <param name="requestId">The id that the request carried, or -1.</param>
    /// <param name="code">The venue's error code.</param>
    /// <param name="message">The venue's own text, UTF-8.</param>
    void OnRefused(long requestId, int code, ReadOnlySpan<byte> message);

    /// <summary>The venue announced that it will cut this line (Binance <c>serverShutdown</c>): rotate now.</summary>
    void OnShutdownNotice();

    /// <summary>A well-formed message that is none of the above, or a malformed one: counted, never thrown on.</summary>
    void OnOther(ReadOnlySpan<byte> message);
}
