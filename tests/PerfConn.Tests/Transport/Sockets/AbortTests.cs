using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>RELIABILITY B02: whoever finds a write stuck aborts the transport, and then everything that hangs on it fails at once.</summary>
public sealed class AbortTests
{
    [Theory]
    [InlineData("ws", ReceiveMode.Async)]
    [InlineData("ws", ReceiveMode.Thread)]
    [InlineData("wss", ReceiveMode.Async)]
    [InlineData("wss", ReceiveMode.Thread)]
    public async Task An_abort_fails_the_write_that_waits_for_the_peer_and_the_read_beside_it(string scheme, ReceiveMode mode)
    {
        using TcpListener listener = Loopback.Listen();
        Task<Stream> accepting = AcceptAsync(listener, scheme == "wss");
        var factory = new SocketTransportFactory(new SocketTransportOptions
        {
            SendTimeout = TimeSpan.FromHours(1),
            Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
        });
        await using ITransport transport = await Deadline.Within(
            factory.ConnectAsync(Endpoint.Parse($"{scheme}://127.0.0.1:{listener.Port()}/") with { ReceiveMode = mode }, Deadline.Token).AsTask());
        await using Stream peer = await Deadline.Within(accepting);
        Task<ReadResult> reading = Task.Run(async () => await transport.Input.ReadAsync());

        // The peer reads nothing: what does not fit into the two kernels' buffers waits. In Thread mode the write blocks the thread that it is called on.
        Task writing = Task.Run(async () => await transport.Output.WriteAsync(new byte[30_000_000]));
        Socket socket = NativeFlags.SocketOf(transport);
        await Deadline.UntilAsync(() => !socket.Poll(0, SelectMode.SelectWrite), "a full send buffer");
        Assert.False(writing.IsCompleted);
        transport.Abort();

        await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(reading));
        Exception failed = await Record.ExceptionAsync(() => Deadline.Within(writing));
        Assert.True(failed is IOException or SocketException or ObjectDisposedException, failed?.ToString() ?? "the write succeeded");
        await transport.Input.CompleteAsync();
    }

    [Fact]
    public async Task A_blocking_write_that_is_never_taken_fails_within_its_timeout()
    {
        using TcpListener listener = Loopback.Listen();
        Task<Stream> accepting = AcceptAsync(listener, tls: false);
        var factory = new SocketTransportFactory(new SocketTransportOptions { SendTimeout = TimeSpan.FromMilliseconds(100) });
        await using ITransport transport = await Deadline.Within(
            factory.ConnectAsync(Endpoint.Parse($"ws://127.0.0.1:{listener.Port()}/") with { ReceiveMode = ReceiveMode.Thread }, Deadline.Token).AsTask());
        await using Stream peer = await Deadline.Within(accepting);

        await Assert.ThrowsAnyAsync<IOException>(() => Deadline.Within(Task.Run(async () => await transport.Output.WriteAsync(new byte[30_000_000]))));
    }

    private static async Task<Stream> AcceptAsync(TcpListener listener, bool tls)
    {
        var stream = new NetworkStream(await listener.AcceptSocketAsync(Deadline.Token), ownsSocket: true);
        if (!tls)
        {
            return stream;
        }

        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(TestCertificates.Localhost);
        return secure;
    }
}
