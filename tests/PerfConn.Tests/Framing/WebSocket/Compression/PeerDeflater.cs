using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>A peer's compressor: the framework's <see cref="DeflateStream"/>, flushed after each message as RFC 7692 section 7.2.1 says.</summary>
internal sealed class PeerDeflater : IDisposable
{
    private readonly bool _keepsContext;
    private readonly MemoryStream _output = new();
    private DeflateStream? _deflate;

    public PeerDeflater(bool keepsContext = true) => _keepsContext = keepsContext;

    /// <summary>A message's payload on the wire, its tail left out.</summary>
    public byte[] Deflate(ReadOnlySpan<byte> message)
    {
        // A second flush in a row writes nothing: of an empty message section 7.2.3.6 says what stands for it.
        if (message.IsEmpty)
        {
            return [0];
        }

        _deflate ??= new DeflateStream(_output, CompressionLevel.Optimal, leaveOpen: true);
        _output.SetLength(0);
        _deflate.Write(message);
        _deflate.Flush();
        byte[] bytes = _output.ToArray();
        Assert.Equal([0x00, 0x00, 0xFF, 0xFF], bytes[^4..]);
        if (!_keepsContext)
        {
            _deflate.Dispose();
            _deflate = null;
        }

        return bytes[..^4];
    }

    /// <summary>A compressed message in frames of the given size; 0 for a single one.</summary>
    public byte[] Message(byte opcode, ReadOnlySpan<byte> message, int frameSize = 0, uint? mask = null) => Frames(opcode, Deflate(message), frameSize, mask);

    /// <summary>Deflate data in frames, RSV1 on the first.</summary>
    public static byte[] Frames(byte opcode, byte[] deflated, int frameSize = 0, uint? mask = null)
    {
        byte[][] parts = frameSize == 0 || deflated.Length == 0 ? [deflated] : deflated.Chunk(frameSize).ToArray();
        return Wire.Join([.. parts.Select((part, i) => Wire.Raw(
            (byte)((i == parts.Length - 1 ? Wire.Fin : 0) | (i == 0 ? 0x40 | opcode : Wire.Continuation)), part, mask))]);
    }

    public void Dispose()
    {
        _deflate?.Dispose();
        _output.Dispose();
    }
}
