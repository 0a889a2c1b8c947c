using System;
using System.Linq;
using System.Text;
using PerfConn.Transport.Proxies;
using Xunit;

namespace PerfConn.Tests.Transport.Proxies;

/// <summary>The answer to CONNECT: strict, bounded, resumable at every byte, and never a byte too many.</summary>
public sealed class HttpConnectReplyTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200)]
    [InlineData("HTTP/1.0 200 Connection established\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 99\r\nX:\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", 407)]
    [InlineData("HTTP/1.1 999 \u00e9\r\n\r\n", 999)]
    public void An_answer_is_read_in_any_pieces_and_what_follows_is_left(string head, int status)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(head + "\r\nHTTP/1.1 the venue's own bytes");
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            var reply = new HttpConnectReply();
            int taken = 0;
            for (int at = 0; at < bytes.Length && !reply.IsComplete; at += piece)
            {
                taken += reply.Take(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            }

            Assert.Null(reply.Error);
            Assert.Equal((status, head.Length), (reply.Status, taken));
        }
    }

    [Theory]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\n\n")]
    [InlineData("HTTP/1.1 200 OK\rX")]
    [InlineData("HTTP/1.1 200 O\0K\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n\rX")]
    [InlineData("\x05\x00")]
    [InlineData("\x16\x03\x01")]
    public void What_is_no_answer_is_refused_at_its_first_wrong_byte(string text)
    {
        var reply = new HttpConnectReply();

        int taken = reply.Take(Encoding.Latin1.GetBytes(text));

        Assert.NotNull(reply.Error);
        Assert.False(reply.IsComplete);
        Assert.InRange(taken, 1, text.Length);
        Assert.Equal(0, reply.Take("more"u8));
    }

    [Fact]
    public void Head_line_and_header_count_are_capped()
    {
        Assert.Contains("line", Refused("HTTP/1.1 200 " + new string('x', HttpConnectReply.MaxLine)), StringComparison.Ordinal);
        Assert.Contains("headers", Refused("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", HttpConnectReply.MaxHeaders + 1))), StringComparison.Ordinal);
        string long50 = "A: " + new string('x', 1000) + "\r\n";
        Assert.Contains("head exceeds", Refused("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat(long50, 50))), StringComparison.Ordinal);
    }

    /// <summary>Whatever comes: complete, or wrong, or hungry for more; and the same however it is cut.</summary>
    [Fact]
    public void Any_bytes_give_the_same_in_any_pieces()
    {
        const ulong Seed = 20260721;
        var random = new SplitMix(Seed);
        byte[] model = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nVia: x\r\n\r\ntail");
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. model];
            for (int flips = random.Below(3); flips > 0; flips--)
            {
                bytes[random.Below(bytes.Length)] = (byte)random.Below(256);
            }

            var whole = new HttpConnectReply();
            int taken = whole.Take(bytes);
            var pieces = new HttpConnectReply();
            int sum = 0;
            foreach (byte b in bytes)
            {
                sum += pieces.Take([b]);
            }

            Assert.True((taken, whole.IsComplete, whole.Error, whole.Status) == (sum, pieces.IsComplete, pieces.Error, pieces.Status), $"seed {Seed}, round {round}");
        }
    }

    private static string Refused(string text)
    {
        var reply = new HttpConnectReply();
        reply.Take(Encoding.ASCII.GetBytes(text));
        return reply.Error ?? "accepted";
    }
}
