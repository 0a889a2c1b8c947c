using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Unpredictable masking keys (RFC 6455 sections 5.3 and 10.3), drawn from the system's generator 64 at a time: one call of it costs
/// more than masking a subscribe request. The 64 belong to the thread that sends, not to the line: ten thousand idle lines would hold 3 MB of them.
/// </summary>
/// <remarks>Thread-safe but with a generator of its own, which is for tests.</remarks>
internal sealed class MaskKeys(FillRandom? fill = null)
{
    [ThreadStatic]
    private static Batch? s_batch;

    private readonly Batch? _own = fill is null ? null : new Batch(fill);

    /// <summary>The next key. Never zero: one frame in four billion would go out unmasked.</summary>
    public uint Next()
    {
        Batch batch = _own ?? (s_batch ??= new Batch(RandomNumberGenerator.Fill));
        uint key;
        do
        {
            key = batch.Next();
        }
        while (key == 0);

        return key;
    }

    private sealed class Batch(FillRandom fill)
    {
        private readonly uint[] _keys = new uint[64];
        private int _next = 64;

        public uint Next()
        {
            if (_next == _keys.Length)
            {
                fill(MemoryMarshal.AsBytes(_keys.AsSpan()));
                _next = 0;
            }

            return _keys[_next++];
        }
    }
}
