using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Lab;

/// <summary>
/// The server of every contestant: it answers any opening handshake and then sends bookTicker frames, rendered once at start, as fast as the peer
/// drains them. What the peer sends after its handshake is not read.
/// </summary>
internal static class BlastServer
{
    private const int ChunkFrames = 8192;
    private const int Symbols = 3000;
    private const int WriteSize = 256 * 1024;

    /// <summary>Serves until the standard input closes, so that the server never outlives the lab that started it.</summary>
    public static async Task<int> RunAsync(string shape)
    {
        // A chunk begins with nothing behind it, so that it can be sent again and again in one context.
        bool keepsContext = shape == "deflate";
        using MessageDeflater? deflater = keepsContext || shape == "deflate-fresh" ? new MessageDeflater(keepsContext, windowBits: 15, minimumSize: 1) : null;
        byte[] chunk = Render(shape == "combined", out int payloadBytes, deflater);
        using X509Certificate2? certificate = shape == "tls" ? Certificate() : null;
        string extension = deflater is null ? ""
            : "Sec-WebSocket-Extensions: permessage-deflate" + (keepsContext ? "" : "; server_no_context_takeover") + "\r\n";
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"listening {((IPEndPoint)listener.LocalEndPoint!).Port} {chunk.Length} {payloadBytes} {ChunkFrames}"));
        Task parent = Task.Run(() => Console.In.ReadToEnd());
        while (true)
        {
            Task<Socket> accepting = listener.AcceptAsync();
            if (await Task.WhenAny(accepting, parent).ConfigureAwait(false) == parent)
            {
                return 0;
            }

            Socket peer = await accepting.ConfigureAwait(false);
            new Thread(() => Serve(peer, certificate, chunk, extension)) { IsBackground = true, Name = "blast" }.Start();
        }
    }

    private static void Serve(Socket peer, X509Certificate2? certificate, byte[] chunk, string extension)
    {
        try
        {
            peer.NoDelay = true;
            using Stream stream = Open(peer, certificate);
            string request = ReadHead(stream);
            int at = request.IndexOf("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase) + "Sec-WebSocket-Key:".Length;
            string key = request[at..request.IndexOf('\r', at)].Trim();
            stream.Write(Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + ClientHandshake.AcceptFor(key) + "\r\n" + extension + "\r\n"));
            while (true)
            {
                for (int sent = 0; sent < chunk.Length; sent += WriteSize)
                {
                    stream.Write(chunk.AsSpan(sent, Math.Min(WriteSize, chunk.Length - sent)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            // The contestant has seen enough.
        }
        finally
        {
            peer.Dispose();
        }
    }

    private static Stream Open(Socket peer, X509Certificate2? certificate)
    {
        var stream = new NetworkStream(peer, ownsSocket: true);
        if (certificate is null)
        {
            return stream;
        }

        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        tls.AuthenticateAsServer(certificate);
        return tls;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static string ReadHead(Stream peer)
    {
        byte[] buffer = new byte[16 * 1024];
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int read = peer.Read(buffer.AsSpan(length));
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            length += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    internal static byte[] Render(bool combined, out int payloadBytes, MessageDeflater? deflater = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new WebSocketFrameEncoder(keys: null, deflater);
        payloadBytes = 0;
        for (int i = 0; i < ChunkFrames; i++)
        {
            string symbol = string.Create(CultureInfo.InvariantCulture, $"S{i * 7 % Symbols:D4}USDT");
            string body = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"u\":{400900217L + i},\"s\":\"{symbol}\",\"b\":\"25.{i % 10000:D4}0000\",\"B\":\"31.21000000\",\"a\":\"25.{(i + 7) % 10000:D4}0000\",\"A\":\"40.66000000\"}}");
            if (combined)
            {
                body = $"{{\"stream\":\"{symbol.ToLowerInvariant()}@bookTicker\",\"data\":{body}}}";
            }

            byte[] payload = Encoding.ASCII.GetBytes(body);
            Span<byte> frame = output.GetSpan(encoder.MaxSize(payload.Length));
            output.Advance(encoder.Encode(frame, 1, payload));
            payloadBytes += body.Length;
        }

        return output.WrittenSpan.ToArray();
    }
}
