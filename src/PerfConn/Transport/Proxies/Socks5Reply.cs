using System;
using System.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>
/// One of the three answers of a SOCKS5 proxy: to the methods offered (RFC 1928 section 3), to the credentials (RFC 1929 section 2), to the request (RFC 1928
/// section 6). Only the second byte counts; the bound address of the last is skipped, at most 262 bytes.
/// </summary>
internal sealed class Socks5Reply(Socks5Step step) : IProxyReply
{
    /// <summary>Version, reply, reserved, address type, first byte of the address.</summary>
    private const int HeaderSize = 5;

    private int _position;
    private int _size = step == Socks5Step.Request ? HeaderSize : 2;
    private byte _addressType;

    /// <summary>The method chosen, the status or the reply code, once complete.</summary>
    public byte Code { get; private set; }

    public bool IsComplete => _position == _size;

    public string? Error { get; private set; }

    public int Take(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (taken < bytes.Length && !IsComplete && Error is null)
        {
            Step(bytes[taken++]);
        }

        return taken;
    }

    private void Step(byte next)
    {
        Debug.Assert(!IsComplete, "a complete answer takes no more bytes");
        switch (_position++)
        {
            case 0:
                Error = next == (step == Socks5Step.Credentials ? 1 : 5) ? null : "the answer is not SOCKS5";
                break;
            case 1:
                Code = next;

                // A refusal is complete here: not every proxy sends the rest before it closes.
                _size = step == Socks5Step.Request && next != 0 ? 2 : _size;
                break;
            case 2:
                Error = next == 0 ? null : "the answer's reserved byte is not zero";
                break;
            case 3:
                _addressType = next;
                Error = next is 1 or 3 or 4 ? null : "the answer's address type is unknown";
                break;
            case 4:
                // The first byte of the address is here already: 4, 16 or 1 + length bytes of it, then two of the port.
                _size = HeaderSize - 1 + (_addressType switch { 1 => 4, 4 => 16, _ => 1 + next }) + 2;
                break;
            default:
                break;
        }
    }
}
