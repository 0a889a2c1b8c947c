using System;
using System.Buffers;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>Deflates outgoing messages (RFC 7692 section 7.2.1). zlib's memory, some 300 KB, is taken at the first message that is long enough.</summary>
/// <remarks>Used under the sender's lock; <see cref="Dispose"/> may come from elsewhere, and messages then go uncompressed. Allocates nothing per message.</remarks>
internal sealed class MessageDeflater : IDisposable
{
    private const int KeptSize = 64 * 1024;

    /// <summary>How a flush ends, an empty stored block; left out on the wire.</summary>
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    private readonly int _minimumSize;
    private readonly int _maximumSize;
    private readonly bool _keepsContext;
    private readonly int _windowBits;
    private ZLibContext? _zlib;
    private byte[] _output = [];
    private volatile bool _isDisposed;

    public MessageDeflater(bool keepsContext, int windowBits, int minimumSize)
    {
        // zlib has no window of 8 bits for raw data. Without context no distance is longer than the message, so what fits in 256 bytes may go through a larger
        // window, and the rest goes uncompressed, which RFC 7692 section 6.1 leaves to the sender for each message.
        _keepsContext = keepsContext && windowBits > 8;
        _windowBits = Math.Max(9, windowBits);
        _maximumSize = windowBits > 8 ? int.MaxValue : 1 << windowBits;
        _minimumSize = minimumSize;
    }

    /// <summary>Bytes that a deflated message takes at most: zlib stores what it cannot shrink, with 5 bytes a block.</summary>
    public static int MaxSize(int length) => length + (length >> 8) + 64;

    /// <summary>Deflates a message; false when it is better sent as it is. The bytes are valid until the next call.</summary>
    public bool TryDeflate(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> deflated)
    {
        deflated = default;
        if (message.Length < _minimumSize || message.Length > _maximumSize || _isDisposed)
        {
            return false;
        }

        int room = MaxSize(message.Length);
        if (_output.Length < room)
        {
            Grow(room);
        }

        try
        {
            _zlib ??= ZLibContext.CreateDeflater(_windowBits);
            _ = _zlib.Run(message, _output, _keepsContext ? ZLibFlush.Sync : ZLibFlush.Full, out int taken, out int written);
            if (taken != message.Length || written == _output.Length || !_output.AsSpan(0, written).EndsWith(Tail))
            {
                // The bound leaves room to spare, so one call takes all. If it ever did not, what follows could not be inflated.
                throw new InvalidOperationException($"zlib took {taken} of {message.Length} bytes and wrote {written}.");
            }

            deflated = _output.AsSpan(0, written - Tail.Length);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        // What a context has taken in must be sent; without one the shorter form wins.
        return _keepsContext || deflated.Length < message.Length;
    }

    /// <summary>Gives back a buffer that one long message needed.</summary>
    public void Trim()
    {
        if (_output.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(_output);
            _output = [];
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _zlib?.Dispose();
    }

    private void Grow(int size)
    {
        if (_output.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_output);
        }

        _output = ArrayPool<byte>.Shared.Rent(Math.Max(4096, size));
    }
}
