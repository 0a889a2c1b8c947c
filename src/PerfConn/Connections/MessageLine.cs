using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// One long-lived connection of plain messages: the line without a venue's protocol. Transports, framings, receive modes, reconnects and limits are those of
/// <see cref="Connections.Line"/>. Dispose it to close it; a closed line never comes back.
/// </summary>
/// <remarks>
/// <para>Thread-safe: any number of threads may send, and what one of them sends goes out in its order. The handler is called one message at a time, on the
/// receive loop. A message received allocates nothing, nor does one sent.</para>
/// <para>Nothing is queued for a line that is down: a send fails at once, because whether it still makes sense on the next connection only its sender
/// knows.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class MessageLine : IAsyncDisposable
{
    private const byte TextOpcode = 1;
    private const byte BinaryOpcode = 2;

    private Line? _line;

    private MessageLine()
    {
    }

    /// <summary>Name for logs: the endpoint's host.</summary>
    public string Name => Core.Name;

    /// <summary>Where it connects to.</summary>
    public Endpoint Endpoint => Core.Endpoint;

    /// <summary>Where it stands now.</summary>
    public LineState State => Core.State;

    /// <summary>A snapshot of its counters; those of ticks and streams stay 0.</summary>
    public LineStatistics Statistics => Core.Statistics;

    /// <summary>Completes, and never fails, when the line has ended for good; tells how.</summary>
    public Task<LineEnd> Completion => Core.Completion;

    /// <summary>Bytes accepted and not yet taken by the transport; at most <see cref="SendLimits.MaxPendingBytes"/>, or one message above it.</summary>
    public long PendingBytes => Core.Sender?.PendingBytes ?? 0;

    /// <summary>The write side of the connection that delivers; null while there is none. Another one with every new connection.</summary>
    internal FrameSender? Sender => _line?.Sender;

    private Line Core => _line!;

    /// <summary>Opens a line.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="handler">Called on the receive loop for each message. The first may come before this method has returned; <see cref="Message.Line"/> is the line.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt; it has no effect on the line afterwards.</param>
    /// <exception cref="ConnectionException">The line could not be opened; the type says which class of failure it was. Nothing stays open.</exception>
    public static async Task<MessageLine> ConnectAsync<THandler>(
        Endpoint endpoint, THandler handler, LineOptions? options = null, CancellationToken cancellationToken = default)
        where THandler : IMessageHandler
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var line = new MessageLine();
        var venue = new Venue<PlainProtocol> { Name = endpoint.Url.Host, Endpoint = endpoint };
        await LineCore<PlainProtocol, MessagePipeline<THandler>>.StartAsync(
            venue, parts => line.PipelineFor(handler, parts), routes: null, new LineCounters(), options, cancellationToken).ConfigureAwait(false);
        return line;
    }

    /// <summary>Sends a message if there is room for it, and never waits: the choice for a handler. It tells what was accepted, not what arrived.</summary>
    /// <param name="payload">The message; taken before the call returns. Text must be valid UTF-8, or the peer will close the line (RFC 6455 section 8.1).</param>
    /// <param name="isText">Whether to send it as text.</param>
    /// <exception cref="FramingException">The framing cannot write such a message.</exception>
    public SendOutcome TrySend(ReadOnlySpan<byte> payload, bool isText) =>
        Core.Sender is { } sender ? sender.TrySend(isText ? TextOpcode : BinaryOpcode, payload) : SendOutcome.Closed;

    /// <summary>
    /// Sends a message; completes when it has been handed to the transport. Above <see cref="SendLimits.MaxPendingBytes"/> it waits, first come first served.
    /// Cancelling ends that wait: a cancelled message has not been sent, not in part either. Once accepted it goes out, and
    /// <see cref="SendLimits.Deadline"/> bounds how long the peer may take.
    /// </summary>
    /// <remarks>
    /// Await the result once. The calling thread writes its own message if the transport takes it at once, which is a system call or two, and never waits for the peer.
    /// Allocates nothing in steady state.
    /// </remarks>
    /// <param name="payload">The message; it must stay as it is until the send completes. Text must be valid UTF-8.</param>
    /// <param name="isText">Whether to send it as text.</param>
    /// <param name="cancellationToken">Gives up waiting for room.</param>
    /// <exception cref="LineClosedException">The line is down or closing, or ended before the message was sent.</exception>
    /// <exception cref="SendTimeoutException">The peer took nothing for the deadline; the connection has been cut.</exception>
    /// <exception cref="NetworkException">The connection was lost while sending. Whether the peer has the message is not known.</exception>
    /// <exception cref="FramingException">The framing cannot write such a message.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellationToken = default) => Core.Sender is { } sender
        ? sender.SendAsync(isText ? TextOpcode : BinaryOpcode, payload, cancellationToken)
        : ValueTask.FromException(NotLive());

    /// <summary>
    /// Likewise, for bytes that are gone when the call returns, such as a handler's: when there is no room they are copied. A sender that does not await may so have
    /// <see cref="SendLimits.MaxPendingBytes"/> waiting in copies, and is refused beyond.
    /// </summary>
    /// <exception cref="SendBufferFullException">Too much waits already. Nothing was sent.</exception>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    public ValueTask SendAsync(ReadOnlySpan<byte> payload, bool isText, CancellationToken cancellationToken = default) => Core.Sender is { } sender
        ? sender.SendAsync(isText ? TextOpcode : BinaryOpcode, payload, cancellationToken)
        : ValueTask.FromException(NotLive());

    /// <summary>
    /// Closes the line for good: what was accepted goes out, then the Close frame, then a bounded wait for the peer's (<see cref="LineOptions.CloseTimeout"/>). Returns
    /// when nothing is left open, or a handler has not returned for too long (<see cref="Connections.Line.DisposeAsync"/>). In a framing without Close frames, code and reason say nothing.
    /// </summary>
    /// <param name="code">One that may stand in a Close frame: 1000-1003, 1007-1014, 3000-4999 (RFC 6455 section 7.4).</param>
    /// <param name="reason">At most 123 bytes as UTF-8 (RFC 6455 section 5.5).</param>
    /// <exception cref="ArgumentException">The code may not be sent, or the reason is too long or no valid text. The line stays open.</exception>
    public ValueTask CloseAsync(int code = 1000, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!CloseFrame.MayBeSent(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "A Close frame may carry 1000-1003, 1007-1014 and 3000-4999.");
        }

        int length = LengthOf(reason);
        return length <= CloseFrame.MaxReasonLength
            ? Core.CloseAsync(code, reason)
            : throw new ArgumentException($"The reason takes {length} bytes as UTF-8; a Close frame has room for {CloseFrame.MaxReasonLength}.", nameof(reason));
    }

    /// <inheritdoc cref="Connections.Line.RotateAsync"/>
    /// <remarks>What was sent on the old connection, a login or a subscription, has to be sent again; <see cref="Message.Connection"/> changes with the first message of the new one.</remarks>
    public Task RotateAsync(CancellationToken cancellationToken = default) => Core.RotateAsync(cancellationToken);

    /// <summary>Closes the line with code 1000.</summary>
    public ValueTask DisposeAsync() => Core.DisposeAsync();

    /// <inheritdoc/>
    public override string ToString() => Core.ToString();

    private MessagePipeline<THandler> PipelineFor<THandler>(THandler handler, LineParts parts)
        where THandler : IMessageHandler
    {
        _line = parts.Line;
        return new MessagePipeline<THandler>(handler, this, parts.Counters, parts.Faults, parts.Control);
    }

    private static int LengthOf(string reason)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(reason);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("The reason has half a surrogate pair, which is no text.", nameof(reason), e);
        }
    }

    private LineClosedException NotLive() => new(Endpoint.Url, $"the line is {State}, not live; nothing was sent");
}
