using System.Threading;

namespace PerfConn.TestKit.Relays;

/// <summary>One direction through a proxy: the faults set for it, and the bytes of all its connections.</summary>
internal sealed class Direction(ProxyFaults faults)
{
    private long _received;
    private long _sent;

    public ProxyFaults Faults { get; set; } = faults;

    public long Received => Volatile.Read(ref _received);

    public long Sent => Volatile.Read(ref _sent);

    public void OnReceived(int count) => Interlocked.Add(ref _received, count);

    public void OnSent(int count) => Interlocked.Add(ref _sent, count);
}
