using System;
using PerfConn.Tool.Running;
using PerfConn.Transport;

namespace PerfConn.Tool.Commands;

/// <summary>Addresses as the user types them, with a one-line message for what is none.</summary>
internal static class EndpointArgument
{
    /// <exception cref="UsageException">It is not an absolute ws:// or wss:// address.</exception>
    public static Endpoint Parse(string url)
    {
        try
        {
            if (Endpoint.Parse(url) is { IsWebSocket: true } endpoint)
            {
                return endpoint;
            }
        }
        catch (ArgumentException)
        {
            // No address at all gets the same answer as one of another kind.
        }

        throw new UsageException($"'{url}' is not an absolute ws:// or wss:// address");
    }
}
