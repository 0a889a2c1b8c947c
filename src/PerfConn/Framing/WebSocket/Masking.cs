using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket;

/// <summary>Masking, RFC 6455 section 5.3: byte i of the payload is xored with byte i mod 4 of the key. Its own inverse.</summary>
internal static class Masking
{
    /// <param name="bytes">The payload from its first byte on; changed in place.</param>
    /// <param name="key">The key's four bytes read little-endian.</param>
    public static void Apply(Span<byte> bytes, uint key)
    {
        Span<Vector<uint>> vectors = MemoryMarshal.Cast<byte, Vector<uint>>(bytes);
        var wide = new Vector<uint>(key);
        foreach (ref Vector<uint> vector in vectors)
        {
            vector ^= wide;
        }

        // What the vectors have done is a multiple of four bytes, so the key starts afresh here.
        Span<byte> rest = bytes[(vectors.Length * Vector<byte>.Count)..];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] ^= (byte)(key >> (8 * (i & 3)));
        }
    }
}
