using System;
using PerfConn.Transport.Proxies;
using Xunit;

namespace PerfConn.Tests.Transport.Proxies;

/// <summary>The three answers of a SOCKS5 proxy: exact in length, resumable at every byte.</summary>
public sealed class Socks5ReplyTests
{
    [Theory]
    [InlineData("Methods", "0502", 2)]
    [InlineData("Methods", "05FF", 255)]
    [InlineData("Credentials", "0100", 0)]
    [InlineData("Credentials", "0101", 1)]
    [InlineData("Request", "050000017F0000011F90", 0)]
    [InlineData("Request", "0500000400000000000000000000000000000001FFFF", 0)]
    [InlineData("Request", "050000030461626364FFFF", 0)]
    [InlineData("Request", "0500000300FFFF", 0)]
    [InlineData("Request", "0505", 5)]
    public void An_answer_is_read_in_any_pieces_and_what_follows_is_left(string step, string hex, int code)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), .. "\x05\x00the venue's own"u8];
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            var reply = new Socks5Reply(Enum.Parse<Socks5Step>(step));
            int taken = 0;
            for (int at = 0; at < bytes.Length && !reply.IsComplete; at += piece)
            {
                taken += reply.Take(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            }

            Assert.Null(reply.Error);
            Assert.Equal((code, hex.Length / 2), (reply.Code, taken));
        }
    }

    [Fact]
    public void The_longest_name_is_read_whole()
    {
        var reply = new Socks5Reply(Socks5Step.Request);

        Assert.Equal(4 + 1 + 255 + 2, reply.Take([5, 0, 0, 3, 255, .. new byte[400]]));
        Assert.True(reply.IsComplete);
    }

    [Theory]
    [InlineData("Methods", "0400")]
    [InlineData("Methods", "485454502F")]
    [InlineData("Credentials", "0500")]
    [InlineData("Request", "040000")]
    [InlineData("Request", "05000101")]
    [InlineData("Request", "0500000200")]
    public void What_is_no_answer_is_refused(string step, string hex)
    {
        var reply = new Socks5Reply(Enum.Parse<Socks5Step>(step));

        reply.Take(Convert.FromHexString(hex));

        Assert.NotNull(reply.Error);
        Assert.Equal(0, reply.Take([5, 0]));
    }
}
