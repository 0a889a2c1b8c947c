using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>A TLS server that greets whoever completes the handshake, and keeps what both sides said on the wire.</summary>
internal sealed class TlsVenue : IDisposable
{
    private readonly TcpListener _listener = Loopback.Listen();
    private readonly Func<SslServerAuthenticationOptions> _settings;

    public TlsVenue(X509Certificate2 certificate)
        : this(() => new SslServerAuthenticationOptions { ServerCertificate = certificate })
    {
    }

    public TlsVenue(Func<SslServerAuthenticationOptions> settings) => _settings = settings;

    public int Port => _listener.Port();

    public string Url => $"wss://localhost:{Port}/";

    /// <summary>Accepts one connection and performs the handshake; null when the client refuses it.</summary>
    public async Task<TlsVisit?> AcceptAsync()
    {
        var wire = new RecordingStream(new NetworkStream(await _listener.AcceptSocketAsync(Deadline.Token), ownsSocket: true));
        var stream = new SslStream(wire);
        try
        {
            await stream.AuthenticateAsServerAsync(_settings(), Deadline.Token);
            await stream.WriteAsync("hello"u8.ToArray(), Deadline.Token);
            return new TlsVisit(stream, wire);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            await stream.DisposeAsync();
            return null;
        }
    }

    public void Dispose() => _listener.Dispose();
}
