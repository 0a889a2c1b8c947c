using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Unpredictable masking keys (RFC 6455 sections 5.3 and 10.3), drawn from the system's generator 64 at a time: one call of it costs
/// more than masking a subscribe request.
/// </summary>
/// <remarks>Not thread-safe: an encoder uses its own under the sender's lock.</remarks>
internal sealed class MaskKeys(FillRandom? fill = null)
{
    private readonly FillRandom _fill = fill ?? RandomNumberGenerator.Fill;
    private readonly uint[] _batch = new uint[64];
    private int _next = 64;

    /// <summary>The next key. Never zero: one frame in four billion would go out unmasked.</summary>
    public uint Next()
    {
        uint key;
        do
        {
            if (_next == _batch.Length)
            {
                _fill(MemoryMarshal.AsBytes(_batch.AsSpan()));
                _next = 0;
            }

            key = _batch[_next++];
        }
        while (key == 0);

        return key;
    }
}
