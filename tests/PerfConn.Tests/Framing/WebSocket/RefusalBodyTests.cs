using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>What an answer that is no upgrade says of itself (RELIABILITY B11).</summary>
public class RefusalBodyTests
{
    private static readonly Endpoint s_endpoint = new(new Uri("ws://me:userInfo77@venue.test/ws?apiKey=query7777"))
    {
        Headers = [new("X-Api-Key", "header777")],
        Subprotocols = ["bearer.proto777"],
    };

    [Theory]
    [InlineData("Content-Length: 27\r\n\r\n{\"code\":-2015,\"msg\":\"nope\"}", "{\"code\":-2015,\"msg\":\"nope\"}")]
    [InlineData("Content-Length: 4\r\n\r\nnope, and what another answer says", "nope")]
    [InlineData("Content-Length: 4\r\nContent-Length: 5\r\n\r\nnope!", "")]
    [InlineData("Content-Length: -1\r\n\r\nnope", "")]
    [InlineData("Content-Length: 0\r\n\r\nnope", "")]
    [InlineData("\r\nuntil the end", "until the end")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nnop\r\n1;x=y\r\ne\r\n0\r\n\r\n", "nope")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nno", "no")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\nnope", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7fffffff\r\nnope", "nope")]
    [InlineData("\r\n", "")]
    public async Task The_body_is_in_the_error_as_far_as_it_can_be_understood(string rest, string body)
    {
        foreach (int chunk in (int[])[1, 5, int.MaxValue])
        {
            HandshakeException e = await RefuseAsync("HTTP/1.1 403 Forbidden\r\n" + rest, chunk);
            Assert.Equal(body, e.Body);
            Assert.Equal(403, e.StatusCode);
            Assert.Contains("403 instead of upgrading" + (body.Length > 0 ? ": " + body : ""), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_a_long_body_the_first_512_bytes_are_kept_and_200_shown()
    {
        HandshakeException e = await RefuseAsync("HTTP/1.1 400 Bad\r\n\r\n" + new string('x', 100_000), 4096);
        Assert.Equal(new string('x', 512), e.Body);
        Assert.InRange(e.Message.Length, 200, 320);
    }

    [Fact]
    public async Task What_the_server_repeats_of_our_secrets_is_masked_and_it_writes_no_lines_of_its_own()
    {
        HandshakeException e = await RefuseAsync(
            "HTTP/1.1 401 No\r\n\r\nuserInfo77 query7777 header777 bearer.proto777\r\n2026-01-01 [ERR] forged\u0085line", int.MaxValue);
        Assert.DoesNotContain("777", e.ToString(), StringComparison.Ordinal);
        Assert.Equal("*** *** *** ***  2026-01-01 [ERR] forged", e.Body[..40]);
        Assert.DoesNotContain(e.Body, char.IsControl);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_waited_for_one_second_and_no_longer()
    {
        var time = new ManualTimeProvider();
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, bytes => bytes.Clear(), time, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();
        await server.Output.WriteAsync("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray());
        await Deadline.UntilAsync(() => time.Waiting > 0, "the patience to begin");
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(handshake.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => Deadline.Within(handshake));
        Assert.Equal("half", e.Body);
    }

    private static async Task<HandshakeException> RefuseAsync(string answer, int chunk)
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, bytes => bytes.Clear(), TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();
        Task writing = Task.Run(async () =>
        {
            foreach (byte[] piece in Encoding.UTF8.GetBytes(answer).Chunk(chunk))
            {
                await server.Output.WriteAsync(piece);
            }

            await server.Output.CompleteAsync();
        });
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => Deadline.Within(handshake));
        await client.Input.CompleteAsync();
        await Deadline.Within(writing);
        return e;
    }
}
