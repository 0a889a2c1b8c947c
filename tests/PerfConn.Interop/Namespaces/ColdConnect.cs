using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Interop.Namespaces;

/// <summary>One connect to a name with several addresses, timed; in a process of its own when it should be the first of its process.</summary>
internal static class ColdConnect
{
    public const string Name = "cold-connect";

    /// <summary>The address that swallows SYNs.</summary>
    public const string Nowhere = "fd00::2";

    /// <summary>Connects in a new process, in the same network namespace.</summary>
    public static async Task<ConnectTimes> InNewProcessAsync(int port, bool hasHole) =>
        ConnectTimes.Parse(await NetworkNamespace.InNewProcessAsync(Name, port.ToString(CultureInfo.InvariantCulture), hasHole.ToString()));

    public static async Task RunAsync(string port, string hasHole) =>
        Console.WriteLine(await OnceAsync(int.Parse(port, CultureInfo.InvariantCulture), bool.Parse(hasHole), () => { }));

    public static async Task<ConnectTimes> OnceAsync(int port, bool hasHole, Action whileConnected)
    {
        // A factory of its own each time: one that remembers which address has answered would try it first.
        var watch = new Watch(hasHole);
        var options = new LineOptions { Transport = watch, Reconnect = null };
        TimeSpan compiled = JitInfo.GetCompilationTime();
        long methods = JitInfo.GetCompiledMethodCount();
        long start = Stopwatch.GetTimestamp();
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse($"ws://venue.test:{port}/"), new Messages(), options));
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        compiled = JitInfo.GetCompilationTime() - compiled;
        methods = JitInfo.GetCompiledMethodCount() - methods;
        whileConnected();
        return new ConnectTimes(watch.Race, whole, compiled.TotalMilliseconds, methods);
    }

    /// <summary>Looks at the clock when the addresses are known and when the connection stands.</summary>
    private sealed class Watch : ITransportFactory, IHostResolver
    {
        private readonly SocketTransportFactory _inner;
        private readonly IPAddress[] _addresses;
        private long _known;

        public Watch(bool hasHole)
        {
            _inner = new SocketTransportFactory(new SocketTransportOptions { Resolver = this });
            _addresses = hasHole ? [IPAddress.Parse(Nowhere), IPAddress.Loopback] : [IPAddress.Loopback];
        }

        public double Race { get; private set; }

        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            _known = Stopwatch.GetTimestamp();
            return new(_addresses);
        }

        public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
        {
            ITransport transport = await _inner.ConnectAsync(endpoint, cancellationToken);
            Race = Stopwatch.GetElapsedTime(_known).TotalMilliseconds;
            return transport;
        }
    }
}
