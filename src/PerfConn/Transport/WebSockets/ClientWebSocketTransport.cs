using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.WebSockets;

/// <summary>
/// A <see cref="ClientWebSocket"/> behind a pair of pipes that carry message records. What is received is asked for by the consumer itself; a loop
/// carries what is sent, and is owned here and awaited on dispose.
/// </summary>
internal sealed class ClientWebSocketTransport : ITransport
{
    private readonly ClientWebSocket _socket;
    private readonly Uri _address;
    private readonly ClientWebSocketTransportOptions _options;
    private readonly RecordPipeReader _incoming;
    private readonly Pipe _outgoing;
    private readonly Task _sending;

    public ClientWebSocketTransport(ClientWebSocket socket, Uri address, ClientWebSocketTransportOptions options)
    {
        _socket = socket;
        _address = address;
        _options = options;
        _incoming = new RecordPipeReader(socket, address, options.Pool, options.ReceiveBufferSize);

        // A flush completes when the framework has taken what it flushed: a peer that does not read is then seen by the writer, at its first byte too many.
        _outgoing = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.ThreadPool,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false));
        _sending = Task.Run(SendAsync);
    }

    public PipeReader Input => _incoming;

    public PipeWriter Output => _outgoing.Writer;

    public TransportContent Content => TransportContent.Messages;

    public EndPoint? RemoteEndPoint => null;

    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await _outgoing.Writer.CompleteAsync().ConfigureAwait(false);
        try
        {
            // What was sent shall leave, but not at any price: a peer that does not read would hold this for ever.
            await _sending.WaitAsync(_options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        await AwaitCloseAsync().ConfigureAwait(false);
        _socket.Abort();
        await _sending.ConfigureAwait(false);
        await _incoming.DropPendingAsync(CancellationToken.None).ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <summary>
    /// After a Close frame of ours, gives the peer its time to answer: an abort resets the connection, and the reset may overtake what was sent just
    /// before (RFC 6455 section 7.1.1).
    /// </summary>
    private async Task AwaitCloseAsync()
    {
        if (_socket.State != WebSocketState.CloseSent)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
        byte[] discarded = new byte[1024];
        try
        {
            // One receive may still be under way, for a reader that has gone.
            bool isFree = await _incoming.DropPendingAsync(deadline.Token).ConfigureAwait(false);
            while (isFree && _socket.State == WebSocketState.CloseSent)
            {
                await _socket.ReceiveAsync(discarded.AsMemory(), deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It has had its time.
        }
    }

    /// <summary>Errors outside, bytes inside: this one only sorts what ends the loop and completes the pipe with it.</summary>
    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            await ProcessSendsAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = new NetworkException(_address, "the connection was lost: " + e.Message, e);
        }

        await _outgoing.Reader.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task ProcessSendsAsync()
    {
        PipeReader input = _outgoing.Reader;
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (TryTakeRecord(ref buffer, out MessageRecord record, out ReadOnlySequence<byte> payload))
            {
                await SendRecordAsync(record, payload).ConfigureAwait(false);
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private async ValueTask SendRecordAsync(MessageRecord record, ReadOnlySequence<byte> payload)
    {
        switch (record.Opcode)
        {
            case MessageRecord.Close:
                (WebSocketCloseStatus status, string reason) = CloseOf(payload);
                await _socket.CloseOutputAsync(status, reason, CancellationToken.None).ConfigureAwait(false);
                break;
            case MessageRecord.Text or MessageRecord.Binary:
                WebSocketMessageType type = record.Opcode == MessageRecord.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                ReadOnlyMemory<byte> bytes = payload.IsSingleSegment ? payload.First : payload.ToArray();
                await _socket.SendAsync(bytes, type, record.EndOfMessage, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                // Pings and pongs are the framework's own business here: it answers pings by itself and offers no way to send one.
                break;
        }
    }

    private static (WebSocketCloseStatus Status, string Reason) CloseOf(in ReadOnlySequence<byte> payload)
    {
        byte[] bytes = payload.ToArray();
        return bytes.Length < 2
            ? (WebSocketCloseStatus.NormalClosure, "")
            : ((WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(bytes), Encoding.UTF8.GetString(bytes.AsSpan(2)));
    }

    private static bool TryTakeRecord(ref ReadOnlySequence<byte> buffer, out MessageRecord record, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        record = default;
        if (buffer.Length < MessageRecord.HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[MessageRecord.HeaderSize];
        buffer.Slice(0, MessageRecord.HeaderSize).CopyTo(header);
        record = MessageRecord.Read(header);
        if (buffer.Length < MessageRecord.HeaderSize + record.Length)
        {
            return false;
        }

        payload = buffer.Slice(MessageRecord.HeaderSize, record.Length);
        buffer = buffer.Slice(payload.End);
        return true;
    }
}
