using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>An address where a connect hangs: a listener that never accepts and whose queue is full, so that the kernel drops every further SYN.</summary>
internal sealed class Blackhole : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _fillers = [];

    private Blackhole(Socket listener) => _listener = listener;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections to it that somebody besides its own fillers has under way.</summary>
    public int Waiting
    {
        get
        {
            IEnumerable<int> own = _fillers.Select(filler => ((IPEndPoint)filler.LocalEndPoint!).Port);
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
                .Count(connection => connection.RemoteEndPoint.Equals(EndPoint) && !own.Contains(connection.LocalEndPoint.Port));
        }
    }

    public static async Task<Blackhole> OpenAsync(IPAddress address, int port = 0)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen(0);
        var hole = new Blackhole(listener);
        var filling = new List<Task>();
        for (int i = 0; i < 3; i++)
        {
            var filler = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            filler.Bind(new IPEndPoint(address, 0));
            hole._fillers.Add(filler);
            filling.Add(filler.ConnectAsync(hole.EndPoint));
        }

        // A queue of length 0 takes one; those behind it wait for ever, and end when they are closed.
        await Deadline.Within(Task.WhenAny(filling));
        foreach (Task task in filling)
        {
            _ = task.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return hole;
    }

    public void Dispose()
    {
        foreach (Socket filler in _fillers)
        {
            filler.Dispose();
        }

        _listener.Dispose();
    }
}
