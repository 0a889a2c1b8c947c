using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;

namespace PerfConn.Interop.Namespaces;

/// <summary>
/// RELIABILITY B16, D25: a name with an IPv6 address whose SYNs vanish and an IPv4 address that answers. The black hole is a veth pair with a permanent neighbour that does
/// not exist.
/// </summary>
/// <remarks>
/// What counts is from the addresses being known to the connection standing: that is what the black hole delays. A whole connect in a process that has never connected takes some
/// hundred milliseconds with or without a black hole, most of it the compiler's; so it is told beside, once with the black hole and once without, each in processes of their own.
/// </remarks>
internal static class BlackholedAddress
{
    public const string Name = "blackholed-address";

    private const int ColdRounds = 5;
    private const int WarmRounds = 7;

    /// <summary>RFC 8305's delay, no round trip to speak of on a loopback, and the slack that D25 gives.</summary>
    private const double Bar = 250 + 0 + 50;

    public static async Task RunAsync()
    {
        foreach (string command in (string[])
        [
            "link set lo up", "link add hole0 type veth peer name hole1", "link set hole0 up", "link set hole1 up", "-6 addr add fd00::1/64 dev hole0 nodad",
            $"-6 neigh add {ColdConnect.Nowhere} lladdr 02:00:00:00:00:01 dev hole0 nud permanent",
        ])
        {
            await NetworkNamespace.IpAsync(command);
        }

        // The server is this process and the cold clients are others: its own first time is not theirs.
        using QuietServer server = QuietServer.Start(IPAddress.Loopback);
        await ColdConnect.InNewProcessAsync(server.Port, hasHole: false);
        var holes = new List<ConnectTimes>();
        var direct = new List<ConnectTimes>();
        for (int round = 0; round < ColdRounds; round++)
        {
            holes.Add(await ColdConnect.InNewProcessAsync(server.Port, hasHole: true));
            direct.Add(await ColdConnect.InNewProcessAsync(server.Port, hasHole: false));
        }

        var warm = new List<ConnectTimes>();
        int losers = 0;
        for (int round = 0; round <= WarmRounds; round++)
        {
            warm.Add(await ColdConnect.OnceAsync(server.Port, hasHole: true, () => losers = Math.Max(losers, Losers())));
        }

        warm.RemoveAt(0);
        new Figure($"D25 cold, ms from the addresses to the connection, middle of {ColdRounds} processes", Middle(holes, t => t.Race), Bar).Print();
        new Figure($"D25 warm, ms from the addresses to the connection, middle of {WarmRounds}", Middle(warm, t => t.Race), Bar).Print();
        new Figure($"D25 warm, ms of the whole connect with its upgrade, middle of {WarmRounds}", Middle(warm, t => t.Whole), Bar).Print();
        new Figure("D25 shortest, ms; the black hole must have been tried for", holes.Concat(warm).Min(t => t.Race), Bar).Print();
        new Figure("D25 cold, ms that the black hole adds to a whole connect", Middle(holes, t => t.Whole) - Middle(direct, t => t.Whole), Bar).Print();
        new Figure("D25 cold, ms of the whole connect without a black hole (no bar; the compiler's part follows)", Middle(direct, t => t.Whole), 0).Print();
        new Figure("D25 cold, ms that the compiler took of it", Middle(direct, t => t.Compiler), 0).Print();
        new Figure("D25 cold, methods that it compiled", Middle(direct, t => t.Methods), 0).Print();
        new Figure("D25 sockets to the black hole left after a connect", losers, 0).Print();
    }

    private static double Middle(List<ConnectTimes> times, Func<ConnectTimes, double> what) => times.Select(what).Order().ElementAt(times.Count / 2);

    /// <summary>Sockets of this namespace to the address that leads nowhere, in any state, by the kernel's table of them.</summary>
    private static int Losers()
    {
        string address = string.Concat(
            IPAddress.Parse(ColdConnect.Nowhere).GetAddressBytes().Chunk(4).SelectMany(word => word.Reverse()).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
        return File.ReadLines("/proc/net/tcp6").Count(line => line.Contains(" " + address + ":", StringComparison.Ordinal));
    }
}
