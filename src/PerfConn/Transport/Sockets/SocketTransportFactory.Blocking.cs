using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport.Sockets;

/// <content>
/// Connections for <see cref="ReceiveMode.Thread"/>: made by blocking calls on a borrowed pool thread, because one asynchronous call would register the socket
/// with the runtime's engine for good. The registered socket costs a wake-up of the engine for every arriving segment: 9 % of all samples of a full line, and half
/// as much again in the engine's own thread.
/// </content>
public sealed partial class SocketTransportFactory
{
    private async ValueTask<ITransport> ConnectBlockingAsync(Socket socket, Endpoint endpoint, CancellationToken cancellationToken)
    {
        socket.SendTimeout = (int)_options.SendTimeout.TotalMilliseconds;
        CancellationTokenRegistration cut = cancellationToken.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        await using (cut.ConfigureAwait(false))
        {
            try
            {
                return await Task.Run(() => ConnectBlocking(socket, endpoint.Url, endpoint.IsSecure), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    private SocketTransport ConnectBlocking(Socket socket, Uri url, bool isSecure)
    {
        socket.Connect(Target(url));
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (isSecure)
        {
            stream = SecureBlocking(new SslStream(stream, leaveInnerStreamOpen: false), url);
        }

        return new SocketTransport(socket, stream, new BlockingPipeReader(stream, socket, url, _options.Pool), new BlockingWriteStream(stream, socket));
    }

    private SslStream SecureBlocking(SslStream stream, Uri url)
    {
        SslPolicyErrors policyErrors = SslPolicyErrors.None;
        try
        {
            stream.AuthenticateAsClient(TlsSettings(url, errors => policyErrors = errors));
            return stream;
        }
        catch (Exception e)
        {
            stream.Dispose();
            throw TlsFailure(url, policyErrors, e);
        }
    }
}
