using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>Connections that nobody says anything on, each waiting for a message: of the framework's client, of plain lines, or of a venue's lines.</summary>
internal sealed class IdleLines(ContestantArguments arguments) : IContestant, IIdle
{
    private const int AtOnce = 32;

    private readonly ConcurrentBag<object> _lines = [];
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly LineOptions _options = PerfConnOptions.Of(arguments);

    /// <summary>The lines are spread over the server's addresses, so that the ports suffice. An address is one object for all its lines, of whichever client, as a venue's is.</summary>
    private readonly Endpoint[] _endpoints = [.. Enumerable.Range(1, LabServer.Addresses).Select(host => new Endpoint(new UriBuilder(arguments.Url)
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.{host}"),
    }.Uri))];

    public long Messages => 0;

    public Holdings Before { get; private set; } = null!;

    public int Lines => arguments.Lines;

    public async Task StartAsync()
    {
        await ConnectAsync(0);
        Before = Holdings.Now();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Lines), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await ConnectAsync(i));
    }

    private async Task ConnectAsync(int number)
    {
        Endpoint endpoint = _endpoints[number % _endpoints.Length];
        switch (arguments.Text("--client", ""))
        {
            case "clientwebsocket":
                var socket = new ClientWebSocket();
                await socket.ConnectAsync(endpoint.Url, CancellationToken.None);

                // A read of no byte waits without a buffer of the caller's: what is counted is the client's own.
                _lines.Add((socket, socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask()));
                break;
            case "venue":
                _lines.Add(await Line.ConnectAsync(
                    BinanceVenue.Spot with { Endpoint = endpoint }, default(NoHandler), _options with { Symbols = _symbols }));
                break;
            default:
                _lines.Add(await MessageLine.ConnectAsync(endpoint, default(NoMessages), _options));
                break;
        }
    }
}
