using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Tests.Connections.Parallel;

/// <summary>Something to connect to: it counts what is under way and what is open, and does to each host what the test says.</summary>
internal sealed class Dock
{
    private readonly ConcurrentDictionary<string, Func<int, CancellationToken, Task>> _manners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private int _underWay;
    private int _most;
    private int _open;
    private int _opened;

    public int MostUnderWay => Volatile.Read(ref _most);

    public int UnderWay => Volatile.Read(ref _underWay);

    public int Open => Volatile.Read(ref _open);

    public int Opened => Volatile.Read(ref _opened);

    public int Attempts => _attempts.Values.Sum();

    public static IReadOnlyList<Endpoint> Endpoints(int count) => [.. Enumerable.Range(0, count).Select(i => Endpoint.Parse($"ws://host{i}.test/ws?key=secret{i}"))];

    /// <summary>What a host does at its n-th attempt (from 1) before it lets in.</summary>
    public void At(int host, Func<int, CancellationToken, Task> manner) => _manners[$"host{host}.test"] = manner;

    public int AttemptsAt(int host) => _attempts.GetValueOrDefault($"host{host}.test");

    public async ValueTask<Mooring> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        int underWay = Interlocked.Increment(ref _underWay);
        int most;
        while (underWay > (most = _most) && Interlocked.CompareExchange(ref _most, underWay, most) != most)
        {
        }

        try
        {
            int attempt = _attempts.AddOrUpdate(endpoint.Url.Host, 1, (_, n) => n + 1);
            if (_manners.TryGetValue(endpoint.Url.Host, out Func<int, CancellationToken, Task>? manner))
            {
                await manner(attempt, cancellationToken);
            }

            Interlocked.Increment(ref _open);
            Interlocked.Increment(ref _opened);
            return new Mooring(this, endpoint);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    internal sealed class Mooring(Dock dock, Endpoint endpoint) : IAsyncDisposable
    {
        private int _closed;

        public Endpoint Endpoint => endpoint;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                Interlocked.Decrement(ref dock._open);
            }

            return default;
        }
    }
}
