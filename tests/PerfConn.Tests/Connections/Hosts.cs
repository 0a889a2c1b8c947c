using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;

namespace PerfConn.Tests.Connections;

/// <summary>Several hosts in one factory: each lets in or refuses as the test says, and it is written down who was asked. What they carry is message records, which need no handshake.</summary>
internal sealed class Hosts : ITransportFactory
{
    private readonly ConcurrentQueue<Uri> _asked = new();
    private readonly ConcurrentDictionary<string, Exception> _refusals = new(StringComparer.Ordinal);

    /// <summary>The hosts asked for, in order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked.Select(url => url.Host)];

    public IReadOnlyList<string> Queries => [.. _asked.Select(url => url.Query)];

    /// <summary>While set, connects wait for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>What stands behind the hosts. Default: nothing; the other end stays open.</summary>
    public ITransportFactory? Behind { get; init; }

    public void Refuse(string host, Exception? error)
    {
        if (error is null)
        {
            _refusals.TryRemove(host, out _);
        }
        else
        {
            _refusals[host] = error;
        }
    }

    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        _asked.Enqueue(endpoint.Url);
        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        return _refusals.TryGetValue(endpoint.Url.Host, out Exception? error) ? throw error
            : Behind is not null ? await Behind.ConnectAsync(endpoint, cancellationToken)
            : InMemoryTransport.CreatePair(TransportContent.Messages).Client;
    }
}
