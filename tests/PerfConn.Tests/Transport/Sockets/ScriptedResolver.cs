using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>A resolver that answers what the test says, and counts how often it is asked.</summary>
internal sealed class ScriptedResolver(Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> answer) : IHostResolver
{
    private int _asked;

    public ScriptedResolver(params string[] addresses)
        : this((_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([.. addresses.Select(IPAddress.Parse)]))
    {
    }

    public int Asked => Volatile.Read(ref _asked);

    public List<string> Hosts { get; } = [];

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        Hosts.Add(host);
        return new ValueTask<IReadOnlyList<IPAddress>>(answer(host, cancellationToken));
    }
}
