using System;
using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Reads the beginning of the body of an answer that is no upgrade, so that the error can show it. The connection is given up afterwards: what cannot be
/// had within a second, or is not understood, is left.
/// </summary>
internal static class RefusalBody
{
    private const int MaxExcerpt = 512;

    /// <summary>Excerpt and the chunk framing around it (RFC 9112 section 7.1); as much is read at most.</summary>
    private const int MaxRead = 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static async ValueTask<string> ReadAsync(HandshakeResponse response, PipeReader input, TimeProvider time, CancellationToken cancellationToken)
    {
        bool isChunked = response.Header("Transfer-Encoding") is not null;
        int wanted = WantedLength(response, isChunked);
        byte[] bytes = new byte[MaxRead];
        int length = await ReadRawAsync(input, bytes.AsMemory(0, wanted), time, cancellationToken).ConfigureAwait(false);
        ReadOnlySpan<byte> body = bytes.AsSpan(0, length);
        if (isChunked)
        {
            body = Unchunk(bytes.AsSpan(0, length));
        }

        return Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxExcerpt)]);
    }

    /// <summary>A length that is no number, or two that differ, means that nobody can say where the body ends: none is shown (RFC 9112 section 6.3).</summary>
    private static int WantedLength(HandshakeResponse response, bool isChunked)
    {
        if (isChunked)
        {
            return MaxRead;
        }

        return response.Header("Content-Length") is not { } text ? MaxExcerpt
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong length) ? (int)Math.Min(length, MaxExcerpt)
            : 0;
    }

    private static async ValueTask<int> ReadRawAsync(PipeReader input, Memory<byte> destination, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        int length = 0;
        try
        {
            while (length < destination.Length)
            {
                ReadResult read = await input.ReadAsync(either.Token).ConfigureAwait(false);
                ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, destination.Length - length));
                part.CopyTo(destination.Span[length..]);
                length += (int)part.Length;
                input.AdvanceTo(part.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is NetworkException or OperationCanceledException)
        {
            // The status is the news; the body is a courtesy.
        }

        return length;
    }

    /// <summary>Joins the chunks in place, as far as they have arrived.</summary>
    private static ReadOnlySpan<byte> Unchunk(Span<byte> raw)
    {
        int joined = 0;
        ReadOnlySpan<byte> rest = raw;
        while (true)
        {
            int end = rest.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> size = end < 0 ? default : rest[..end];
            int extension = size.IndexOf((byte)';');
            size = extension < 0 ? size : size[..extension];
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length <= 0)
            {
                return raw[..joined];
            }

            rest = rest[(end + 2)..];
            int take = Math.Min(length, rest.Length);
            rest[..take].CopyTo(raw[joined..]);
            joined += take;
            if (rest.Length - 2 < length)
            {
                return raw[..joined];
            }

            rest = rest[(length + 2)..];
        }
    }
}
