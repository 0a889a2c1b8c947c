using System;
using System.IO;
using System.IO.Compression;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>A peer's decompressor: the framework's <see cref="DeflateStream"/>, which knows nothing of messages, over all that was sent.</summary>
internal static class PeerInflater
{
    /// <summary>Inflates the messages of one context, each with its tail put back.</summary>
    public static byte[] Inflate(params ReadOnlySpan<byte[]> messages)
    {
        var input = new MemoryStream();
        foreach (byte[] message in messages)
        {
            input.Write(message);
            input.Write([0x00, 0x00, 0xFF, 0xFF]);
        }

        input.Position = 0;
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        var output = new MemoryStream();
        inflate.CopyTo(output);
        return output.ToArray();
    }
}
