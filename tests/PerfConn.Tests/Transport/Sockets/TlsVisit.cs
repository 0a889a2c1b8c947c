using System;
using System.Buffers.Binary;
using System.Net.Security;
using System.Threading.Tasks;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>One client at a <see cref="TlsVenue"/>.</summary>
internal sealed class TlsVisit(SslStream stream, RecordingStream wire) : IAsyncDisposable
{
    private const int PreSharedKey = 41;

    public SslStream Stream => stream;

    /// <summary>Whether the client offered to resume a session (RFC 8446 section 4.2.11).</summary>
    public bool WasOfferedResumption => HasExtension(wire.Incoming, PreSharedKey, isServer: false);

    /// <summary>Whether the server took the offer.</summary>
    public bool Resumed => HasExtension(wire.Outgoing, PreSharedKey, isServer: true);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    /// <summary>Looks into the first handshake message: record 5 bytes, message 4, version 2, random 32, session id, ciphers, compression, extensions.</summary>
    private static bool HasExtension(ReadOnlySpan<byte> wire, int wanted, bool isServer)
    {
        int at = 5 + 4 + 2 + 32;
        at += 1 + wire[at];
        at += isServer ? 2 + 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(wire[at..]);
        at += isServer ? 0 : 1 + wire[at];
        int end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(wire[at..]);
        for (at += 2; at < end; at += 4 + BinaryPrimitives.ReadUInt16BigEndian(wire[(at + 2)..]))
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(wire[at..]) == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
