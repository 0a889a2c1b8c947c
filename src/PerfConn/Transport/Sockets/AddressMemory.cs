using System.Collections.Concurrent;
using System.Net;

namespace PerfConn.Transport.Sockets;

/// <summary>Which address of a host won the last race: whoever connects again need not wait for the dead ones once more (RFC 8305 section 4).</summary>
/// <remarks>Thread-safe. Bounded: a process that connects to very many hosts forgets all of them now and then, which costs it a delay each.</remarks>
internal sealed class AddressMemory
{
    private const int MaxHosts = 1024;

    private readonly ConcurrentDictionary<(string Host, int Port), IPAddress> _winners = new();

    public IPAddress? WinnerFor(string host, int port) => _winners.TryGetValue((host, port), out IPAddress? winner) ? winner : null;

    public void Won(string host, int port, IPAddress address)
    {
        if (_winners.TryGetValue((host, port), out IPAddress? known) && known.Equals(address))
        {
            return;
        }

        if (_winners.Count >= MaxHosts)
        {
            _winners.Clear();
        }

        _winners[(host, port)] = address;
    }

    public void Lost(string host, int port) => _winners.TryRemove((host, port), out _);
}
