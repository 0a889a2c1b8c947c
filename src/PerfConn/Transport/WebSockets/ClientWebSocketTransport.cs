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
/// A <see cref="ClientWebSocket"/> behind a pair of pipes that carry message records. Two loops, one for each direction, because the framework's
/// client hands out messages and knows no pipes; both are owned here and awaited on dispose.
/// </summary>
internal sealed class ClientWebSocketTransport : ITransport
{
    private readonly ClientWebSocket _socket;
    private readonly Uri _address;
    private readonly ClientWebSocketTransportOptions _options;
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private readonly Task _receiving;
    private readonly Task _sending;

    public ClientWebSocketTransport(ClientWebSocket socket, Uri address, ClientWebSocketTransportOptions options)
    {
        _socket = socket;
        _address = address;
        _options = options;
        int receiveBufferSize = options.ReceiveBufferSize;
        _incoming = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.ThreadPool,
            pauseWriterThreshold: 4L * receiveBufferSize,
            resumeWriterThreshold: 2L * receiveBufferSize,
            minimumSegmentSize: receiveBufferSize + MessageRecord.HeaderSize,
            useSynchronizationContext: false));

        // A flush completes when the framework has taken what it flushed: a peer that does not read is then seen by the writer, at its first byte too many.
        _outgoing = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.ThreadPool,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false));
        _receiving = Task.Run(ReceiveAsync);
        _sending = Task.Run(SendAsync);
    }

    public PipeReader Input => _incoming.Reader;

    public PipeWriter Output => _outgoing.Writer;

    public TransportContent Content => TransportContent.Messages;

    public EndPoint? RemoteEndPoint => null;

    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        // The receive loop may stand in a flush that nobody will read any more: completing the reader lets it go.
        await _incoming.Reader.CompleteAsync().ConfigureAwait(false);
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
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <summary>
    /// After a Close frame of ours, gives the peer its time to answer: an abort resets the connection, and the reset may overtake what was sent just
    /// before (RFC 6455 section 7.1.1).
    /// </summary>
    private async Task AwaitCloseAsync()
    {
        using var deadline = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
        byte[] discarded = new byte[1024];
        try
        {
            // The receive loop ends with the next message, because nobody reads it any more.
            while (_socket.State == WebSocketState.CloseSent)
            {
                if (_receiving.IsCompleted)
                {
                    await _socket.ReceiveAsync(discarded.AsMemory(), deadline.Token).ConfigureAwait(false);
                }
                else
                {
                    await _receiving.WaitAsync(deadline.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It has had its time.
        }
    }

    /// <summary>Errors outside, bytes inside: this one only sorts what ends the loop and completes the pipe with it.</summary>
    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            await ProcessReceivesAsync().ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
        {
            // The peer went away without a Close frame: for the layers above simply the end of the stream.
        }
        catch (Exception e)
        {
            failure = new NetworkException(_address, "the connection was lost: " + e.Message, e);
        }

        await _incoming.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task ProcessReceivesAsync()
    {
        PipeWriter output = _incoming.Writer;
        int size = MessageRecord.HeaderSize + _options.ReceiveBufferSize;
        while (true)
        {
            Memory<byte> room = output.GetMemory(size)[..size];
            ValueWebSocketReceiveResult result =
                await _socket.ReceiveAsync(room[MessageRecord.HeaderSize..], CancellationToken.None).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                WriteClose(output);
                await output.FlushAsync().ConfigureAwait(false);
                return;
            }

            byte opcode = result.MessageType == WebSocketMessageType.Text ? MessageRecord.Text : MessageRecord.Binary;
            new MessageRecord(result.Count, opcode, result.EndOfMessage).WriteTo(room.Span);
            output.Advance(MessageRecord.HeaderSize + result.Count);
            FlushResult flushed = await output.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    private void WriteClose(PipeWriter output)
    {
        byte[] reason = Encoding.UTF8.GetBytes(_socket.CloseStatusDescription ?? "");
        int length = _socket.CloseStatus is null ? 0 : 2 + reason.Length;
        Span<byte> record = output.GetSpan(MessageRecord.HeaderSize + length);
        new MessageRecord(length, MessageRecord.Close, EndOfMessage: true).WriteTo(record);
        if (length > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(record[MessageRecord.HeaderSize..], (ushort)_socket.CloseStatus!.Value);
            reason.CopyTo(record[(MessageRecord.HeaderSize + 2)..]);
        }

        output.Advance(MessageRecord.HeaderSize + length);
    }

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
