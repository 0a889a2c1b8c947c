using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Tests.Faults;

/// <summary>
/// A resolver that knows one host, and with its answer takes the process's descriptors away: the next thing that the same thread does is to ask for a socket. Whoever hears that the
/// attempt has failed gives them back.
/// </summary>
internal sealed class ScarceDescriptors : IHostResolver
{
    public const string Host = "venue.test";

    private static readonly IReadOnlyList<IPAddress> s_addresses = [IPAddress.Loopback];

    private DescriptorLimit? _limit;
    private volatile bool _areGone;
    private int _taken;

    /// <summary>Whether attempts find none from now on.</summary>
    public bool AreGone
    {
        get => _areGone;
        set => _areGone = value;
    }

    /// <summary>How often they were taken away.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (_areGone)
        {
            Interlocked.Increment(ref _taken);
            Volatile.Write(ref _limit, DescriptorLimit.Lower());
        }

        return new(s_addresses);
    }

    /// <summary>Nothing happens when they are not away.</summary>
    public void GiveBack() => Interlocked.Exchange(ref _limit, null)?.Dispose();
}
