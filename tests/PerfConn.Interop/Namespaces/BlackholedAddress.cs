using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Interop.Namespaces;

/// <summary>
/// RELIABILITY B16, D25: a name with an IPv6 address whose SYNs vanish and an IPv4 address that answers. The black hole is a veth pair with a permanent neighbour that does
/// not exist.
/// </summary>
internal static class BlackholedAddress
{
    public const string Name = "blackholed-address";

    private const int Rounds = 7;
    private const string Nowhere = "fd00::2";

    /// <summary>RFC 8305's delay, no round trip to speak of on a loopback, and the slack that D25 gives.</summary>
    private const double Bar = 250 + 0 + 50;

    public static async Task RunAsync()
    {
        foreach (string command in (string[])
        [
            "link set lo up", "link add hole0 type veth peer name hole1", "link set hole0 up", "link set hole1 up", "-6 addr add fd00::1/64 dev hole0 nodad",
            $"-6 neigh add {Nowhere} lladdr 02:00:00:00:00:01 dev hole0 nud permanent",
        ])
        {
            await NetworkNamespace.IpAsync(command);
        }

        using QuietServer server = QuietServer.Start(IPAddress.Loopback);
        var times = new List<double>();
        int losers = 0;
        for (int round = 0; round < Rounds; round++)
        {
            // A factory of its own each time: one that remembers which address has answered would try it first.
            var transport = new SocketTransportFactory(new SocketTransportOptions { Resolver = new BothAddresses() });
            var options = new LineOptions { Transport = transport, Reconnect = null };
            long start = Stopwatch.GetTimestamp();
            await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse($"ws://venue.test:{server.Port}/"), new Messages(), options));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            losers = Math.Max(losers, Losers());
        }

        new Figure("D25 cold, ms until connected", times[0], Bar).Print();
        new Figure($"D25 in the middle of {Rounds - 1} warm ones, ms until connected", times.Skip(1).Order().ElementAt((Rounds - 1) / 2), Bar).Print();
        new Figure("D25 shortest, ms; the black hole must have been tried for", times.Min(), Bar).Print();
        new Figure("D25 sockets to the black hole left after a connect", losers, 0).Print();
    }

    /// <summary>Sockets of this namespace to the address that leads nowhere, in any state, by the kernel's table of them.</summary>
    private static int Losers()
    {
        string address = string.Concat(IPAddress.Parse(Nowhere).GetAddressBytes().Chunk(4).SelectMany(word => word.Reverse()).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
        return File.ReadLines("/proc/net/tcp6").Count(line => line.Contains(" " + address + ":", StringComparison.Ordinal));
    }

    private sealed class BothAddresses : IHostResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new([IPAddress.Parse(Nowhere), IPAddress.Loopback]);
    }
}
