using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace PerfConn.Lab.Server;

/// <summary>
/// The server of every contestant, in a process of its own. The request's path says what it does after the handshake: <c>/blast/SHAPE[/LINES/GROUP]</c>,
/// <c>/paced/RATE</c>, <c>/cut/MILLISECONDS</c>, <c>/echo</c>, <c>/drain</c> or <c>/idle</c>. Each connection has a blocking thread, but for an idle one, which has none.
/// </summary>
internal static class LabServer
{
    /// <summary>How many loopback addresses it listens on: each gives a client 28,000 ports more.</summary>
    public const int Addresses = 4;

    /// <summary>Serves until the standard input closes, so that the server never outlives the lab that started it.</summary>
    public static int Run()
    {
        using X509Certificate2 certificate = Certificate();
        int plain = 0;
        for (int i = 1; i <= Addresses; i++)
        {
            plain = Listen(new IPEndPoint(new IPAddress([127, 0, 0, (byte)i]), plain), null);
        }

        int secure = Listen(new IPEndPoint(IPAddress.Loopback, 0), certificate);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"listening {plain} {secure}"));
        Console.In.ReadToEnd();
        return 0;
    }

    private static int Listen(IPEndPoint address, X509Certificate2? certificate)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(address);
        listener.Listen(4096);
        Start("accept", () =>
        {
            while (true)
            {
                Socket peer = listener.Accept();
                Start("connection", () => Serve(peer, certificate));
            }
        });
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private static void Start(string name, Action run) => new Thread(() => run(), maxStackSize: 256 * 1024) { IsBackground = true, Name = name }.Start();

    private static void Serve(Socket peer, X509Certificate2? certificate)
    {
        try
        {
            peer.NoDelay = true;
            Stream stream = Open(peer, certificate);
            string[] path = Upgrade.Accept(stream);
            if (path[0] == "idle")
            {
                _ = Work.IdleAsync(stream);
                return;
            }

            if (path[0] == "cut")
            {
                Cutter.Run(peer, stream, int.Parse(path[1], CultureInfo.InvariantCulture));
                return;
            }

            using (stream)
            {
                Serve(stream, path);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or ObjectDisposedException)
        {
            // The contestant has seen enough.
            peer.Dispose();
        }
    }

    private static void Serve(Stream stream, string[] path)
    {
        switch (path[0])
        {
            case "blast":
                if (path is [_, _, var members, var group])
                {
                    Gathering.Join(group, int.Parse(members, CultureInfo.InvariantCulture));
                }

                Work.Blast(stream, MessageShape.Find(path[1]));
                break;
            case "paced":
                Work.Paced(stream, int.Parse(path[1], CultureInfo.InvariantCulture));
                break;
            case "echo":
                Work.Echo(stream);
                break;
            default:
                Work.Drain(stream);
                break;
        }
    }

    private static Stream Open(Socket peer, X509Certificate2? certificate)
    {
        var stream = new NetworkStream(peer, ownsSocket: true);
        if (certificate is null)
        {
            return stream;
        }

        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        tls.AuthenticateAsServer(certificate);
        return tls;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
