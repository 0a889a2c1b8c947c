using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Examples;

/// <summary>Opens a recording wherever a line would open a connection; the one method that a custom transport has to have.</summary>
public sealed class ReplayTransportFactory(string path) : ITransportFactory
{
    public ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        try
        {
            return new ValueTask<ITransport>(new ReplayTransport(File.OpenRead(path)));
        }
        catch (IOException e)
        {
            throw new NetworkException(endpoint.Url, "the recording cannot be opened: " + e.Message, e);
        }
    }
}
