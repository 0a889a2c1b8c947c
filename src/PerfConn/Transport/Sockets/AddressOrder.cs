using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace PerfConn.Transport.Sockets;

/// <summary>In which order the addresses of a host are tried: families take turns, so that one dead family costs one attempt's delay (RFC 8305 section 4).</summary>
internal static class AddressOrder
{
    /// <summary>A name with more addresses than this is a mistake or an attack; each attempt costs a socket.</summary>
    public const int MaxAddresses = 16;

    /// <summary>The order for the next attempt.</summary>
    /// <param name="resolved">What the resolver gave, in its order.</param>
    /// <param name="firstFamily">Which family begins; null leaves that to what won last, or else to the resolver.</param>
    /// <param name="lastWinner">The address that won the last time; it begins, if it is still one of them and no other family was asked for.</param>
    public static IReadOnlyList<IPAddress> Of(IReadOnlyList<IPAddress> resolved, AddressFamily? firstFamily, IPAddress? lastWinner)
    {
        if (resolved.Count == 1)
        {
            return resolved;
        }

        var families = (First: new List<IPAddress>(), Second: new List<IPAddress>());
        AddressFamily first = firstFamily ?? lastWinner?.AddressFamily ?? (resolved.Count > 0 ? resolved[0].AddressFamily : default);
        foreach (IPAddress address in resolved)
        {
            List<IPAddress> family = address.AddressFamily == first ? families.First : families.Second;
            if (!family.Contains(address))
            {
                family.Insert(address.Equals(lastWinner) ? 0 : family.Count, address);
            }
        }

        var order = new List<IPAddress>();
        for (int i = 0; order.Count < MaxAddresses && (i < families.First.Count || i < families.Second.Count); i++)
        {
            if (i < families.First.Count)
            {
                order.Add(families.First[i]);
            }

            if (i < families.Second.Count && order.Count < MaxAddresses)
            {
                order.Add(families.Second[i]);
            }
        }

        return order;
    }
}
