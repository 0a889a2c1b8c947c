using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Every raw framing through a line on real sockets, in both receive modes, plain and TLS: whole, in order, and with a true end.</summary>
public sealed class RawSocketTests
{
    private const int Messages = 20_000;

    public static TheoryData<string, ReceiveMode, bool> Everything()
    {
        var all = new TheoryData<string, ReceiveMode, bool>();
        foreach (string framing in RawFramings.Names)
        {
            foreach (ReceiveMode mode in (ReadOnlySpan<ReceiveMode>)[ReceiveMode.Async, ReceiveMode.Thread, ReceiveMode.Spin])
            {
                all.Add(framing, mode, false);
                all.Add(framing, mode, true);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Messages_arrive_whole_and_in_order_and_the_peers_end_is_a_goodbye(string framing, ReceiveMode mode, bool tls)
    {
        (LineEnd end, Numbers numbers, BlockPool pool) = await RunAsync(framing, mode, tls, Script(framing, Messages));

        Assert.Equal((LineEndCause.EndOfStream, FrameFault.None), (end.Cause, end.Fault));
        Assert.Equal((Messages, 0), (numbers.Count, numbers.OutOfOrder));
        Assert.Equal(mode != ReceiveMode.Async, numbers.IsOwnThread);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_stream_that_ends_inside_a_message_is_truncated(string framing, ReceiveMode mode, bool tls)
    {
        (LineEnd end, Numbers numbers, BlockPool pool) = await RunAsync(framing, mode, tls, Script(framing, 3)[..^2]);

        Assert.Equal(LineEndCause.Truncated, end.Cause);
        Assert.Equal(2, numbers.Count);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData("length", FrameFault.MessageTooBig)]
    [InlineData("varint", FrameFault.MessageTooBig)]
    [InlineData("delimited", FrameFault.MessageTooBig)]
    [InlineData("fix", FrameFault.BadChecksum)]
    public async Task A_fault_is_told_after_the_messages_before_it(string framing, FrameFault fault)
    {
        byte[] bad = framing switch
        {
            "length" => [0xFF, 0xFF],
            "varint" => [0xFF, 0x7F],
            "delimited" => new byte[5000],
            _ => Encoding.ASCII.GetBytes("8=FIX.4.4\u00019=5\u000135=0\u000110=000\u0001"),
        };
        (LineEnd end, Numbers numbers, BlockPool pool) = await RunAsync(framing, ReceiveMode.Async, false, [.. Script(framing, 3), .. bad]);

        Assert.Equal((LineEndCause.Violation, fault, 0), (end.Cause, end.Fault, end.CloseCode));
        Assert.Equal(3, numbers.Count);
        Assert.Equal(0, pool.Outstanding);
    }

    private static byte[] Script(string framing, int messages)
    {
        var script = new List<byte>();
        for (int i = 1; i <= messages; i++)
        {
            script.AddRange(RawFramings.Frame(framing, i));
        }

        return [.. script];
    }

    /// <summary>A server of one connection: it writes the script in pieces of any size, ends its side, and waits for the line to go.</summary>
    private static async Task<(LineEnd End, Numbers Numbers, BlockPool Pool)> RunAsync(string framing, ReceiveMode mode, bool tls, byte[] script)
    {
        using TcpListener listener = Loopback.Listen();
        Task serving = Task.Run(() => ServeAsync(listener, tls, script));
        var pool = new BlockPool(4096);
        var numbers = new Numbers();
        var options = new LineOptions
        {
            Framing = RawFramings.Framing(framing),
            Limits = new FrameLimits { MaxMessageSize = 60 },
            ReceiveMode = mode,
            Reconnect = null,
            Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
        };
        string url = $"{(tls ? "tls" : "tcp")}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using Line line = await Deadline.Within(Line.ConnectAsync(RawFramings.Venue(url), numbers, options));
        LineEnd end = await Deadline.Within(line.Completion);
        await Deadline.Within(serving);
        return (end, numbers, pool);
    }

    private static async Task ServeAsync(TcpListener listener, bool tls, byte[] script)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        var plain = new NetworkStream(socket);
        await using Stream stream = tls ? new SslStream(plain) : plain;
        if (stream is SslStream secure)
        {
            await secure.AuthenticateAsServerAsync(TestCertificates.Localhost);
        }

        var random = new SplitMix((ulong)script.Length);
        for (int at = 0; at < script.Length;)
        {
            int size = Math.Min(script.Length - at, 1 + random.Below(random.Pick(20, 2000, 20_000)));
            await stream.WriteAsync(script.AsMemory(at, size));
            at += size;
        }

        socket.Shutdown(SocketShutdown.Send);
        try
        {
            while (await stream.ReadAsync(new byte[256]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // The line has gone without reading everything, as after a fault.
        }
    }

    private sealed class Numbers : ITickHandler
    {
        public int Count { get; private set; }

        public int OutOfOrder { get; private set; }

        public bool IsOwnThread { get; private set; }

        public void OnTick(in Tick tick)
        {
            // What is between "34=" and the next SOH, wherever the framing has put it.
            ReadOnlySpan<byte> number = tick.Payload[(tick.Payload.IndexOf("34="u8) + 3)..];
            number = number[..number.IndexOf((byte)1)];
            Count++;
            OutOfOrder += int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) == Count ? 0 : 1;
            IsOwnThread = !System.Threading.Thread.CurrentThread.IsThreadPoolThread;
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
