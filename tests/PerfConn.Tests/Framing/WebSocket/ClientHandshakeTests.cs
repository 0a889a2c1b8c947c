using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Connections;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

public class ClientHandshakeTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private static readonly Endpoint s_endpoint = Endpoint.Parse("ws://venue.test/ws?token=canary") with { Subprotocols = ["chat", "v2.ticks"] };

    public static TheoryData<string> LegalNames() => [.. HandshakeAnswers.Legal.Keys];

    public static TheoryData<string> BadNames() => [.. HandshakeAnswers.Bad.Keys];

    [Theory]
    [MemberData(nameof(LegalNames))]
    public async Task An_odd_but_legal_answer_is_accepted(string name)
    {
        string? expected = name == "an offered subprotocol" ? "chat" : null;

        Assert.Equal(expected, await PerformAsync(HandshakeAnswers.Legal[name], chunk: int.MaxValue));
        Assert.Equal(expected, await PerformAsync(HandshakeAnswers.Legal[name], chunk: 1));
        Assert.Equal(expected, await PerformAsync(HandshakeAnswers.Legal[name], chunk: 7));
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_answer_is_refused(string name)
    {
        foreach (int chunk in (int[])[int.MaxValue, 1, 3])
        {
            HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => PerformAsync(HandshakeAnswers.Bad[name], chunk, thenEnd: true));

            Assert.StartsWith("ws://venue.test/ws?token=***: ", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_is_as_long_as_promised() => Assert.InRange(HandshakeAnswers.Bad.Count, 60, int.MaxValue);

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized\r\n\r\n", 401, null)]
    [InlineData("HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\n\r\n", 429, 7)]
    [InlineData("HTTP/1.1 503 \r\nretry-after:0\r\n\r\n", 503, 0)]
    [InlineData("HTTP/1.1 503 \r\nRetry-After: -5\r\n\r\n", 503, null)]
    [InlineData("HTTP/1.1 503 \r\nRetry-After: 99999999999999999999\r\n\r\n", 503, int.MaxValue)]
    [InlineData("HTTP/1.1 503 \r\nRetry-After: 1, 2\r\n\r\n", 503, null)]
    [InlineData("HTTP/1.1 503 \r\nRetry-After: Thu, 01 Jan 2015 00:00:00 GMT\r\n\r\n", 503, 0)]
    public async Task A_refusal_tells_its_status_and_when_to_come_back(string answer, int status, int? seconds)
    {
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => PerformAsync(answer, int.MaxValue, thenEnd: true));

        Assert.Equal(status, e.StatusCode);
        Assert.Equal(seconds, (int?)e.RetryAfter?.TotalSeconds);
        Assert.Contains($"the server answered {status}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_of_stream_at_every_byte_is_refused()
    {
        for (int length = 0; length < HandshakeAnswers.Good.Length; length++)
        {
            HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(
                () => PerformAsync(HandshakeAnswers.Good[..length], int.MaxValue, thenEnd: true));
            Assert.Contains("closed the connection before it answered", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reset_at_every_byte_is_a_network_failure()
    {
        for (int length = 0; length < HandshakeAnswers.Good.Length; length += 11)
        {
            (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
            Task<HandshakeOutcome> handshake = Perform(client);
            await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Good[..length]));
            server.Abort();

            await Assert.ThrowsAsync<NetworkException>(() => handshake.WaitAsync(s_deadline));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task What_comes_glued_to_the_answer_stays_in_the_pipe(int chunk)
    {
        byte[] frames = Wire.Join(Wire.Frame(Wire.Text, "first tick\r\n\r\n"), Wire.Frame(Wire.Ping, ""));
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = Perform(client);
        foreach (byte[] piece in Encoding.Latin1.GetBytes(HandshakeAnswers.Good).Concat(frames).Chunk(chunk))
        {
            await server.Output.WriteAsync(piece);
        }

        await handshake.WaitAsync(s_deadline);

        Assert.True(client.Input.TryRead(out ReadResult read));
        Assert.Equal(frames, read.Buffer.ToArray());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3000)]
    [InlineData(int.MaxValue)]
    public async Task A_long_answer_is_read_as_a_short_one_is(int chunk)
    {
        string header = "X-Long: " + new string('x', 7000) + "\r\n";
        string answer = HandshakeAnswers.Good[..^2] + header + header + "\r\n";
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = Perform(client);
        foreach (byte[] piece in Encoding.Latin1.GetBytes(answer + "rest").Chunk(chunk))
        {
            await server.Output.WriteAsync(piece);
        }

        await handshake.WaitAsync(s_deadline);

        Assert.True(client.Input.TryRead(out ReadResult read));
        Assert.Equal("rest", Encoding.Latin1.GetString(read.Buffer.ToArray()));
    }

    [Fact]
    public async Task The_request_is_that_of_the_RFC()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = Perform(client);

        Assert.True(server.Input.TryRead(out ReadResult read));
        Assert.Equal(
            "GET /ws?token=canary HTTP/1.1\r\nHost: venue.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, v2.ticks\r\n\r\n",
            Encoding.Latin1.GetString(read.Buffer.ToArray()));
        await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Good));
        await handshake.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Each_handshake_draws_a_key_of_its_own()
    {
        var keys = new System.Collections.Generic.HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 1000; i++)
        {
            (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
            Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(
                client, s_endpoint, System.Security.Cryptography.RandomNumberGenerator.Fill, TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();
            Assert.True(server.Input.TryRead(out ReadResult read));
            string request = Encoding.Latin1.GetString(read.Buffer.ToArray());
            Assert.True(keys.Add(request.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0]));
            server.Abort();
            await Assert.ThrowsAsync<NetworkException>(() => handshake.WaitAsync(s_deadline));
        }
    }
    [Fact]
    public async Task Compression_is_offered_and_its_terms_are_kept()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = PerformDeflate(client);
        Assert.True(server.Input.TryRead(out ReadResult read));
        Assert.Contains(
            "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n", Encoding.Latin1.GetString(read.Buffer.ToArray()), StringComparison.Ordinal);
        await server.Output.WriteAsync(Encoding.Latin1.GetBytes(
            HandshakeAnswers.Good[..^2] + "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n\r\n"));

        Assert.Equal(new HandshakeOutcome(null, new DeflateAgreement(true, true, 10, 15)), await handshake.WaitAsync(s_deadline));
    }

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=16")] // CVE-2026-2229.
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; foo")]
    [InlineData("permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate")]
    [InlineData("foo")]
    public async Task Terms_that_were_not_offered_fail_the_handshake(string answer)
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = PerformDeflate(client);
        await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Good[..^2] + $"Sec-WebSocket-Extensions: {answer}\r\n\r\n"));

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => handshake.WaitAsync(s_deadline));
        Assert.Equal(101, e.StatusCode);
        Assert.StartsWith("ws://venue.test/ws?token=***: the opening handshake failed: the ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_when_the_token_says()
    {
        (InMemoryTransport client, _) = InMemoryTransport.CreatePair();
        using var giveUp = new CancellationTokenSource();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, TimeProvider.System, deflate: null, FrameLimits.Default, giveUp.Token).AsTask();
        Assert.False(handshake.IsCompleted);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task A_bad_request_leaves_no_byte_on_the_wire()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Endpoint bad = s_endpoint with { Headers = [new("X-Key", "a\r\nX-Injected: b")] };

        await Assert.ThrowsAsync<ArgumentException>(
            () => ClientHandshake.PerformAsync(client, bad, SampleNonce, TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask());

        Assert.False(server.Input.TryRead(out _));
    }

    [Fact]
    public async Task A_request_that_cannot_be_written_is_a_network_failure()
    {
        var output = new HeldWriter();
        output.Fail(new IOException("broken pipe"));
        var transport = new HalfTransport(new Pipe().Reader, output);

        await Assert.ThrowsAsync<NetworkException>(
            () => ClientHandshake.PerformAsync(transport, s_endpoint, SampleNonce, TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask());
    }

    [Fact]
    public void Each_byte_of_a_head_in_one_byte_pieces_is_looked_at_four_times_at_most()
    {
        // RUSTSEC-2023-0065: re-reading from the start makes 32 KiB cost half a thousand million looks.
        byte[] bytes = Encoding.Latin1.GetBytes(HandshakeAnswers.Legal["a head of 32 KiB"]);
        byte[] head = new byte[HandshakeLimits.MaxHead];
        var search = new HeadSearch();
        for (int length = 1; length < bytes.Length; length++)
        {
            Assert.Equal(-1, search.Feed(new ReadOnlySequence<byte>(bytes, 0, length), head));
        }

        Assert.Equal(bytes.Length, search.Feed(new ReadOnlySequence<byte>(bytes), head));
        Assert.Equal(bytes, head[..bytes.Length]);
        Assert.InRange(search.Examined, bytes.Length, 4 * bytes.Length);
    }

    [Fact]
    public async Task A_head_of_64_KiB_in_one_byte_pieces_is_refused_at_the_cap()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = Perform(client);
        byte[] endless = Encoding.Latin1.GetBytes("HTTP/1.1 101 \r\n" + string.Concat(Enumerable.Repeat("X-Filler: 0123456789\r\n", 3000)));
        int sent = 0;
        while (!handshake.IsCompleted && sent < endless.Length)
        {
            Task written = server.Output.WriteAsync(endless.AsMemory(sent++, 1)).AsTask();
            await Task.WhenAny(handshake, written).WaitAsync(s_deadline);
        }

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => handshake.WaitAsync(s_deadline));
        Assert.Contains("exceeds 32768 bytes", e.Message, StringComparison.Ordinal);
    }

    /// <summary>RELIABILITY B07, D29.</summary>
    [Fact]
    public async Task A_byte_a_second_for_ever_fails_five_seconds_after_the_first()
    {
        var time = new ManualTimeProvider();
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, time, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();

        // To think for a minute is allowed; the connect deadline is another matter.
        time.Advance(TimeSpan.FromMinutes(1));
        for (int second = 0; second < 5; second++)
        {
            await server.Output.WriteAsync(new[] { (byte)HandshakeAnswers.Good[second] });
            time.Advance(TimeSpan.FromMilliseconds(999));
            Assert.False(handshake.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => handshake.WaitAsync(s_deadline));
        Assert.Contains("less than 240 bytes per second", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, time.Waiting);
    }

    [Fact]
    public async Task A_slow_answer_that_keeps_the_rate_is_accepted_and_one_that_falls_below_it_is_not()
    {
        foreach ((int rate, bool isAccepted) in ((int, bool)[])[(250, true), (230, false)])
        {
            var time = new ManualTimeProvider();
            (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
            Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, time, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();
            foreach (byte[] piece in Encoding.Latin1.GetBytes(HandshakeAnswers.Legal["a head of 32 KiB"]).Chunk(rate))
            {
                if (handshake.IsCompleted)
                {
                    break;
                }

                await server.Output.WriteAsync(piece);
                time.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Equal(isAccepted, await Record.ExceptionAsync(() => handshake.WaitAsync(s_deadline)) is null);
        }
    }

    /// <summary>Rate and grace are options: at 10 bytes per second after 20 s, 199 bytes may take 20 s and no more, and 300 may take 30.</summary>
    [Theory]
    [InlineData(1, 20)]
    [InlineData(150, 20)]
    [InlineData(300, 30)]
    public async Task The_rate_and_its_grace_are_those_of_the_options(int bytes, int seconds)
    {
        var time = new ManualTimeProvider();
        var limits = new FrameLimits { MinHandshakeRate = 10, HandshakeGrace = TimeSpan.FromSeconds(20) };
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, time, deflate: null, limits, CancellationToken.None).AsTask();
        await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Legal["a head of 32 KiB"]).AsMemory(0, bytes));
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(handshake.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => handshake.WaitAsync(s_deadline));
        Assert.Contains("less than 10 bytes per second", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_grace_the_rate_holds_from_the_first_byte_and_without_a_rate_an_answer_may_take_a_day()
    {
        foreach (int? rate in (int?[])[240, null])
        {
            var time = new ManualTimeProvider();
            var limits = new FrameLimits { MinHandshakeRate = rate, HandshakeGrace = TimeSpan.Zero };
            (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
            Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, time, deflate: null, limits, CancellationToken.None).AsTask();
            await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Good).AsMemory(0, 24));
            time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.False(handshake.IsCompleted);
            time.Advance(TimeSpan.FromDays(1));
            await server.Output.WriteAsync(Encoding.Latin1.GetBytes(HandshakeAnswers.Good).AsMemory(24));
            Assert.Equal(rate is null, await Record.ExceptionAsync(() => handshake.WaitAsync(s_deadline)) is null);
        }
    }

    [Theory]
    [InlineData(0, 5, "Limits.MinHandshakeRate")]
    [InlineData(-1, 5, "Limits.MinHandshakeRate")]
    [InlineData((1024 * 1024) + 1, 5, "Limits.MinHandshakeRate")]
    [InlineData(240, -1, "Limits.HandshakeGrace")]
    [InlineData(240, 86_401, "Limits.HandshakeGrace")]
    public void A_rate_or_a_grace_out_of_its_range_is_refused(int rate, int seconds, string name) =>
        Assert.Equal(
            [name],
            WrongOptions.In(new LineOptions { Limits = new FrameLimits { MinHandshakeRate = rate, HandshakeGrace = TimeSpan.FromSeconds(seconds) } }));

    [Fact]
    public async Task A_caller_that_cancels_a_slow_answer_is_told_of_the_cancellation()
    {
        var time = new ManualTimeProvider();
        using var giveUp = new CancellationTokenSource();
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, time, deflate: null, FrameLimits.Default, giveUp.Token).AsTask();
        await server.Output.WriteAsync("H"u8.ToArray());
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WaitAsync(s_deadline));
    }

    /// <summary>The handshake against a server that gives this answer in pieces, and then ends its stream or not.</summary>
    private static async Task<string?> PerformAsync(string answer, int chunk, bool thenEnd = false)
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<HandshakeOutcome> handshake = Perform(client);
        foreach (byte[] piece in Encoding.Latin1.GetBytes(answer).Chunk(chunk))
        {
            // A handshake that has failed reads no more: what is written then waits for nobody.
            Task written = server.Output.WriteAsync(piece).AsTask();
            if (await Task.WhenAny(handshake, written).WaitAsync(s_deadline) == handshake)
            {
                break;
            }
        }

        if (thenEnd)
        {
            await server.Output.CompleteAsync();
        }

        return (await handshake.WaitAsync(s_deadline)).Subprotocol;
    }

    private static Task<HandshakeOutcome> Perform(ITransport client) =>
        ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None).AsTask();

    private static Task<HandshakeOutcome> PerformDeflate(ITransport client) =>
        ClientHandshake.PerformAsync(client, s_endpoint, SampleNonce, TimeProvider.System, new DeflateOptions(), FrameLimits.Default, CancellationToken.None).AsTask();

    private static void SampleNonce(Span<byte> bytes) => "the sample nonce"u8.CopyTo(bytes);
}
