using System;
using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Simulator.Handshake;

/// <summary>
/// The server's side of the opening handshake, RFC 6455 section 4.2. Only the head of the request is consumed: frames glued to it stay in the
/// pipe.
/// </summary>
internal static class ServerHandshake
{
    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Reads the request and decides; the answer is the caller's to send.</summary>
    /// <param name="input">What the peer sends.</param>
    /// <param name="admit">Asked last, once the request is known to be good: zero to let it in, or how long to stay away.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async ValueTask<HandshakeResult> PerformAsync(PipeReader input, Func<TimeSpan> admit, CancellationToken cancellationToken)
    {
        (RequestHead? request, int status) = await ReadAsync(input, cancellationToken).ConfigureAwait(false);
        StreamTarget? target = null;
        if (request is not null)
        {
            target = StreamTarget.Parse(request.Target, out status);
            status = target is null ? status : CheckUpgrade(request);
        }

        TimeSpan wait = status == 101 ? admit() : TimeSpan.Zero;
        return (status, wait) switch
        {
            (0, _) => new HandshakeResult(null, default),
            (101, { Ticks: > 0 }) => new HandshakeResult(null, Refuse(429, wait)),
            (101, _) => new HandshakeResult(target, Accept(request!.Single("Sec-WebSocket-Key")!)),
            _ => new HandshakeResult(null, Refuse(status, wait)),
        };
    }

    /// <summary>Reads a request to open a connection, wherever it leads; null when it is none, with the status to answer, or 0 when nobody is left to be answered.</summary>
    public static async ValueTask<(RequestHead? Request, int Status)> ReadUpgradeAsync(PipeReader input, CancellationToken cancellationToken)
    {
        (RequestHead? request, int status) = await ReadAsync(input, cancellationToken).ConfigureAwait(false);
        status = request is null ? status : CheckUpgrade(request);
        return (status == 101 ? request : null, status);
    }

    /// <summary>Reads the head; without one, gives the status to answer, or 0 when nobody is left to be answered.</summary>
    private static async ValueTask<(RequestHead? Request, int Status)> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryFindHead(read.Buffer, out ReadOnlySequence<byte> head))
            {
                (RequestHead?, int) result = head.Length > HandshakeLimits.MaxHead ? (null, 431) : (RequestHead.Parse(head.ToArray(), out int status), status);
                input.AdvanceTo(head.End);
                return result;
            }

            long length = read.Buffer.Length;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (length >= HandshakeLimits.MaxHead)
            {
                return (null, 431);
            }

            if (read.IsCompleted)
            {
                return (null, 0);
            }
        }
    }

    private static bool TryFindHead(in ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> head)
    {
        var reader = new SequenceReader<byte>(buffer);
        bool isFound = reader.TryReadTo(out ReadOnlySequence<byte> _, EndOfHead);
        head = isFound ? buffer.Slice(0, reader.Position) : default;
        return isFound;
    }

    private static int CheckUpgrade(RequestHead request)
    {
        if (request.Method != "GET" || request.Single("Host") is null || request.Has("Transfer-Encoding") || request.Has("Content-Length"))
        {
            return 400;
        }

        if (!request.HasToken("Upgrade", "websocket"))
        {
            return 426;
        }

        if (!request.HasToken("Connection", "Upgrade") || !IsKey(request.Single("Sec-WebSocket-Key")))
        {
            return 400;
        }

        return request.Single("Sec-WebSocket-Version") == "13" ? 101 : 426;
    }

    /// <summary>A key is 16 bytes in base64 (RFC 6455 section 4.1).</summary>
    private static bool IsKey(string? key) =>
        key is { Length: 24 } && Convert.TryFromBase64String(key, stackalloc byte[18], out int length) && length == 16;

    /// <summary>The answer that lets a peer in.</summary>
    public static byte[] Accept(string key) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ClientHandshake.AcceptFor(key)}\r\n\r\n");

    /// <summary>The answer that does not.</summary>
    public static byte[] Refuse(int status, TimeSpan wait)
    {
        string reason = status switch
        {
            401 => "Unauthorized",
            404 => "Not Found",
            426 => "Upgrade Required",
            429 => "Too Many Requests",
            431 => "Request Header Fields Too Large",
            _ => "Bad Request",
        };
        string extra = status switch
        {
            426 => "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            429 => $"Retry-After: {Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)}\r\n",
            _ => "",
        };
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {reason}\r\n{extra}Content-Type: text/plain\r\nContent-Length: {reason.Length}\r\nConnection: close\r\n\r\n{reason}");
    }
}
