using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// The opening handshake over a transport's bytes, RFC 6455 section 4. Only the head of the answer is consumed: frames that came glued to it
/// stay in the pipe for the frame parser.
/// </summary>
internal static class ClientHandshake
{
    /// <summary>What a server appends to the key before it hashes it (RFC 6455 section 1.3).</summary>
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Performs the handshake, offering compression unless <paramref name="deflate"/> is null.</summary>
    public static async ValueTask<HandshakeOutcome> PerformAsync(
        ITransport transport, Endpoint endpoint, FillRandom fillRandom, TimeProvider time, DeflateOptions? deflate, FrameLimits limits, CancellationToken cancellationToken)
    {
        string key = NewKey(fillRandom);
        byte[] request = HandshakeRequest.Create(endpoint, key, deflate);
        try
        {
            await transport.Output.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new NetworkException(endpoint.Url, "the connection was lost during the opening handshake: " + e.Message, e);
        }

        HandshakeResponse response = await ReadResponseAsync(transport.Input, endpoint, time, limits, cancellationToken).ConfigureAwait(false);
        return response.Status == 101
            ? Check(response, key, endpoint, deflate)
            : throw await RefusalAsync(response, transport.Input, endpoint, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The value that proves that a server has read the key: base64 of SHA-1 of key and suffix.</summary>
#pragma warning disable CA5350 // RFC 6455 section 1.3 prescribes SHA-1; nothing here depends on its strength.
    public static string AcceptFor(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350

    private static string NewKey(FillRandom fillRandom)
    {
        Span<byte> nonce = stackalloc byte[16];
        fillRandom(nonce);
        return Convert.ToBase64String(nonce);
    }

    private static async ValueTask<HandshakeResponse> ReadResponseAsync(
        PipeReader input, Endpoint endpoint, TimeProvider time, FrameLimits limits, CancellationToken cancellationToken)
    {
        byte[] head = ArrayPool<byte>.Shared.Rent(HandshakeLimits.UsualHead);
        MinimumRate? rate = null;
        try
        {
            var search = new HeadSearch();
            while (true)
            {
                ReadResult read = await input.ReadAsync(rate?.Token ?? cancellationToken).ConfigureAwait(false);
                if (read.Buffer.Length > head.Length && head.Length < HandshakeLimits.MaxHead)
                {
                    byte[] longer = ArrayPool<byte>.Shared.Rent(HandshakeLimits.MaxHead);
                    head.AsSpan(0, search.Length).CopyTo(longer);
                    ArrayPool<byte>.Shared.Return(head);
                    head = longer;
                }

                int size = search.Feed(read.Buffer, head.AsSpan(0, Math.Min(head.Length, HandshakeLimits.MaxHead)));
                if (size >= 0)
                {
                    input.AdvanceTo(read.Buffer.GetPosition(size));
                    return HandshakeResponse.Parse(head.AsSpan(0, size), out string error)
                        ?? throw new HandshakeException(endpoint.Url, "the opening handshake failed: " + error);
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (search.Length == HandshakeLimits.MaxHead)
                {
                    throw new HandshakeException(endpoint.Url, $"the opening handshake failed: the answer's head exceeds {HandshakeLimits.MaxHead} bytes");
                }

                if (read.IsCompleted)
                {
                    throw new HandshakeException(endpoint.Url, "the opening handshake failed: the server closed the connection before it answered");
                }

                // Most answers come whole and never get here.
                rate ??= limits.MinHandshakeRate is { } least ? new MinimumRate(least, limits.HandshakeGrace, time, cancellationToken) : null;
                rate?.OnReceived(search.Length);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NetworkException && rate is { IsTooSlow: true } && !cancellationToken.IsCancellationRequested)
        {
            // A blocked read that is cancelled fails as a network error.
            throw new HandshakeException(
                endpoint.Url, $"the opening handshake failed: the answer came at less than {limits.MinHandshakeRate} bytes per second", innerException: e);
        }
        finally
        {
            rate?.Dispose();
            ArrayPool<byte>.Shared.Return(head);
        }
    }

    private static HandshakeOutcome Check(HandshakeResponse response, string key, Endpoint endpoint, DeflateOptions? deflate)
    {
        DeflateAgreement? agreement = null;
        string? subprotocol = response.Header("Sec-WebSocket-Protocol");
        string? error =
            !IsWebSocket(response) ? "the opening handshake failed: the answer's Upgrade header is not 'websocket'"
            : !response.HasToken("Connection", "Upgrade") ? "the opening handshake failed: the answer's Connection header has no 'Upgrade'"
            : response.Header("Sec-WebSocket-Accept") != AcceptFor(key) ? "the opening handshake failed: Sec-WebSocket-Accept is missing or wrong"
            : DeflateOffer.TryAccept(deflate, response.Header("Sec-WebSocket-Extensions"), out agreement) is { } refusal
                ? "the opening handshake failed: " + refusal
            : !IsOffered(subprotocol, endpoint.Subprotocols) ? "the opening handshake failed: the server chose a subprotocol that was not offered"
            : null;
        return error is null ? new HandshakeOutcome(subprotocol, agreement) : throw new HandshakeException(endpoint.Url, error, response.Status);
    }

    /// <summary>Another status than 101: an error that has what the server says of it.</summary>
    private static async ValueTask<HandshakeException> RefusalAsync(
        HandshakeResponse response, PipeReader input, Endpoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        const int LongestInMessage = 200;
        string body = await RefusalBody.ReadAsync(response, input, time, cancellationToken).ConfigureAwait(false);
        body = Redactor.Redact(body, endpoint.Secrets()).Trim();
        string said = body.Length == 0 ? "" : ": " + (body.Length <= LongestInMessage ? body : body[..LongestInMessage] + " ...");
        return HandshakeException.OfStatus(
            endpoint.Url,
            $"the server answered {response.Status} instead of upgrading{said}",
            response.Status,
            RetryAfter.Parse(response.Header("Retry-After"), time.GetUtcNow()),
            body,
            response.Header("Location"));
    }

    private static bool IsWebSocket(HandshakeResponse response) =>
        string.Equals(response.Header("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsOffered(string? chosen, IReadOnlyList<string> offered) => chosen is null || offered.Contains(chosen, StringComparer.Ordinal);
}
