using System;
using System.Buffers;
using System.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>
/// The head of an HTTP proxy's answer to CONNECT: <c>HTTP/1.x</c>, a status of three digits, header lines. Of all that only the status is kept. Whatever
/// length the headers of a 2xx announce means nothing (RFC 9110 section 9.3.6), so it ends with its empty line.
/// </summary>
/// <remarks>A machine over single bytes: no buffer, no second look, three caps (bytes in all, bytes of a line, lines).</remarks>
internal sealed class HttpConnectReply : IProxyReply
{
    public const int MaxHead = 16 * 1024;
    public const int MaxLine = 4 * 1024;
    public const int MaxHeaders = 64;

    private static readonly SearchValues<byte> s_tokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private State _state = State.Version;
    private int _total;
    private int _column;
    private int _headers;

    private enum State
    {
        Version,
        Status,
        Reason,
        LineStart,
        Name,
        Value,
        LineFeed,
        LastLineFeed,
        Complete,
    }

    /// <summary>The status, once complete.</summary>
    public int Status { get; private set; }

    public bool IsComplete => _state == State.Complete;

    public string? Error { get; private set; }

    private static ReadOnlySpan<byte> Start => "HTTP/1."u8;

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
        _column++;
        if (++_total > MaxHead)
        {
            Error = $"the answer's head exceeds {MaxHead} bytes";
            return;
        }

        if (_column > MaxLine)
        {
            Error = $"a line of the answer is longer than {MaxLine} bytes";
            return;
        }

        switch (_state)
        {
            case State.Version:
                StepVersion(next);
                break;
            case State.Status:
                StepStatus(next);
                break;
            case State.Reason:
            case State.Value:
                StepText(next);
                break;
            case State.LineStart when next == '\r':
                _state = State.LastLineFeed;
                break;
            case State.LineStart:
            case State.Name:
                StepName(next);
                break;
            case State.LineFeed:
            case State.LastLineFeed:
                StepLineFeed(next);
                break;
            default:
                Debug.Fail("a complete answer takes no more bytes");
                break;
        }
    }

    /// <summary>Columns 1 to 9: <c>HTTP/1.0 </c> or <c>HTTP/1.1 </c>.</summary>
    private void StepVersion(byte next)
    {
        bool isRight = _column <= Start.Length
            ? next == Start[_column - 1]
            : _column == Start.Length + 1 ? next is (byte)'0' or (byte)'1' : next == ' ';
        if (!isRight)
        {
            Error = "the answer is not HTTP/1.x";
        }
        else if (_column == Start.Length + 2)
        {
            _state = State.Status;
        }
    }

    /// <summary>Columns 10 to 12 are the digits; then a space, or the line's end where the reason phrase is missing altogether.</summary>
    private void StepStatus(byte next)
    {
        if (_column == Start.Length + 6)
        {
            _state = next == '\r' ? State.LineFeed : State.Reason;
            Error = next is (byte)' ' or (byte)'\r' && Status >= 100 ? null : "the answer has no status";
        }
        else if (next is >= (byte)'0' and <= (byte)'9')
        {
            Status = (Status * 10) + (next - '0');
        }
        else
        {
            Error = "the answer has no status";
        }
    }

    private void StepText(byte next)
    {
        if (next == '\r')
        {
            _state = State.LineFeed;
        }
        else if (next is (byte)'\n' or 0)
        {
            Error = "the answer has a malformed line";
        }
    }

    /// <summary>A name is a token (RFC 9110 section 5.6.2) and not empty; a line that begins with a space would continue the one before, which is refused.</summary>
    private void StepName(byte next)
    {
        if (_state == State.LineStart && ++_headers > MaxHeaders)
        {
            Error = $"the answer has more than {MaxHeaders} headers";
        }
        else if (next == ':' && _state == State.Name)
        {
            _state = State.Value;
        }
        else if (s_tokenBytes.Contains(next))
        {
            _state = State.Name;
        }
        else
        {
            Error = "the answer has a malformed line";
        }
    }

    private void StepLineFeed(byte next)
    {
        if (next != '\n')
        {
            Error = "the answer has a malformed line";
            return;
        }

        _state = _state == State.LastLineFeed ? State.Complete : State.LineStart;
        _column = 0;
    }
}
