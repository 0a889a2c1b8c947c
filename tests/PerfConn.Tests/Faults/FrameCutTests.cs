using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.TestKit;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Transport.Sockets;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>
/// A connection cut at every byte of what a server says, by FIN and by RST, plain and under TLS (RELIABILITY B03, B04, B20; D13): no hang, no partial
/// message, nothing left rented, never told as a clean end.
/// </summary>
public sealed class FrameCutTests(ITestOutputHelper output)
{
    private readonly List<TimeSpan> _detected = [];
    private int _inHandshake;
    private int _inFrames;
    private LineEnd? _lastEnd;

    /// <summary>B03, B04.</summary>
    [Theory]
    [InlineData(CutKind.HalfClose)]
    [InlineData(CutKind.Close)]
    [InlineData(CutKind.Reset)]
    public async Task Cut_in_memory_at_every_byte(CutKind kind)
    {
        int head = ThreeMessages.Accept("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n").Length;
        for (int cut = 0; cut <= head + ThreeMessages.Frames.Length; cut++)
        {
            var faulty = new FaultTransportFactory(new InMemoryTransportFactory(AnswerAsync), new FaultPlan { Read = new ByteFaults { CutAt = cut, CutBy = kind } });
            string[] delivered = await RunAsync("ws://venue.test/", faulty, ReceiveMode.Async, cut);
            if (cut >= head && kind != CutKind.Reset)
            {
                Assert.Equal(ThreeMessages.IsBetweenMessages(cut - head) ? LineEndCause.Lost : LineEndCause.Truncated, _lastEnd!.Cause);
            }

            Assert.Equal(ThreeMessages.WholeIn(cut - head), delivered.Length);
            Assert.Equal(0, faulty.Open);
        }

        Assert.Equal((head, ThreeMessages.Frames.Length + 1), (_inHandshake, _inFrames));
        Report();
    }

    /// <summary>B03, B04 on ws; B20 on wss, where the cut takes close_notify with it. Of TLS each byte is cut in one of the four ways, taking turns.</summary>
    [Theory]
    [InlineData(false, ReceiveMode.Async, CutKind.HalfClose, 0, 1)]
    [InlineData(false, ReceiveMode.Async, CutKind.Reset, 0, 1)]
    [InlineData(false, ReceiveMode.Thread, CutKind.HalfClose, 0, 1)]
    [InlineData(false, ReceiveMode.Thread, CutKind.Reset, 0, 1)]
    [InlineData(true, ReceiveMode.Async, CutKind.HalfClose, 0, 4)]
    [InlineData(true, ReceiveMode.Async, CutKind.Reset, 1, 4)]
    [InlineData(true, ReceiveMode.Thread, CutKind.HalfClose, 2, 4)]
    [InlineData(true, ReceiveMode.Thread, CutKind.Reset, 3, 4)]
    public async Task Cut_on_the_wire_at_every_byte(bool tls, ReceiveMode mode, CutKind kind, int first, int step)
    {
        var pool = new BlockPool(4096);
        var transport = new SocketTransportFactory(new SocketTransportOptions { Pool = pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } });
        await using ScriptServer server = ScriptServer.Start(tls, script: SpeakAsync);
        await using FaultProxy proxy = FaultProxy.Start(server.Port);
        bool isWhole = false;
        for (int cut = first; !isWhole; cut += step)
        {
            // A handshake's length differs by a few bytes from one to the next, so the end is where a run has not been cut any more.
            proxy.ToClient = new ProxyFaults { CutAt = cut, CutBy = kind };
            long before = proxy.Statistics.BytesToClients;
            string[] delivered = await RunAsync(proxy.Through(server.Url), transport, mode, cut, wholeIsEnough: true);
            isWhole = proxy.Statistics.BytesToClients - before < cut;
            Assert.Equal(0, pool.Outstanding);
            Assert.True(delivered.Length == 3 || !isWhole);
        }

        await Deadline.UntilAsync(() => proxy.Statistics.Open == 0, "all connections to be over");
        Report();
        Assert.InRange(_inHandshake, 100, 2000);
        Assert.InRange(_inFrames, (ThreeMessages.Frames.Length / step) - 2, 2000);
    }

    /// <summary>In pieces, each a TLS record of its own: of a record that is cut, TLS shows nothing.</summary>
    private static async Task SpeakAsync(Stream stream)
    {
        foreach (byte[] piece in ThreeMessages.Frames.Chunk(16))
        {
            await stream.WriteAsync(piece);
        }
    }

    /// <summary>One run, cut once; what was delivered. Asserts what holds wherever the cut was.</summary>
    private async Task<string[]> RunAsync(string url, ITransportFactory transport, ReceiveMode mode, int cut, bool wholeIsEnough = false)
    {
        var payloads = new Payloads(wanted: ThreeMessages.Texts.Length);

        // The one line that is not cut closes itself, to a server that never answers a Close.
        var options = new LineOptions { Transport = transport, ReceiveMode = mode, Reconnect = null, CloseTimeout = TimeSpan.FromMilliseconds(50) };
        Line line;
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(url), payloads, options));
        }
        catch (ConnectionException e)
        {
            if (e is not (NetworkException or HandshakeException or TlsException))
            {
                // Words only where they are needed: a stack trace with its lines takes longer than the run.
                Assert.Fail($"cut at {cut}: {e}");
            }

            Detected(start);
            _inHandshake++;
            return [];
        }

        await using (line)
        {
            Task ended = line.Completion;

            // Behind the last byte of a connection that the proxy cuts there is no cut, and no end to wait for.
            await Deadline.Within(wholeIsEnough ? Task.WhenAny(ended, payloads.Enough) : ended);

            if (ended.IsCompleted)
            {
                LineEnd end = await line.Completion;
                _lastEnd = end;
                Assert.Equal(1006, end.CloseCode);
                Assert.IsAssignableFrom<NetworkException>(end.Error);
                Assert.NotEmpty(end.Reason);
                Detected(start);
                _inFrames++;
            }
        }

        Assert.Equal(ThreeMessages.Texts[..payloads.All.Length], payloads.All);
        return payloads.All;
    }

    private void Detected(long start) => _detected.Add(TimeProvider.System.GetElapsedTime(start));

    private void Report()
    {
        _detected.Sort();
        output.WriteLine(
            $"{_inHandshake} cuts while connecting, {_inFrames} while live; connect to detection: median {_detected[_detected.Count / 2].TotalMilliseconds:0.00} ms, "
            + $"longest {_detected[^1].TotalMilliseconds:0.00} ms");
    }

    private static ValueTask AnswerAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken)
    {
        _ = AnswerAsync(server);
        return default;
    }

    private static async Task AnswerAsync(InMemoryTransport server)
    {
        ReadResult read = await server.Input.ReadAsync();
        string head = Encoding.ASCII.GetString(read.Buffer.FirstSpan);
        server.Input.AdvanceTo(read.Buffer.End);
        await server.Output.WriteAsync((byte[])[.. ThreeMessages.Accept(head), .. ThreeMessages.Frames]);
    }
}
