using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
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

    public long Messages => 0;

    public MemoryUse Before { get; private set; }

    public int Lines => arguments.Lines;

    public async Task StartAsync()
    {
        await ConnectAsync(0);
        Before = MemoryUse.Now();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Lines), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await ConnectAsync(i));
    }

    /// <summary>The lines are spread over the server's addresses, so that the ports suffice.</summary>
    private Uri Address(int line) => new UriBuilder(arguments.Url)
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.{1 + (line % LabServer.Addresses)}"),
    }.Uri;

    private async Task ConnectAsync(int number)
    {
        switch (arguments.Text("--client", ""))
        {
            case "clientwebsocket":
                var socket = new ClientWebSocket();
                await socket.ConnectAsync(Address(number), CancellationToken.None);

                // A read of no byte waits without a buffer of the caller's: what is counted is the client's own.
                _lines.Add((socket, socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask()));
                break;
            case "venue":
                _lines.Add(await Line.ConnectAsync(
                    BinanceVenue.Spot.At(Address(number).AbsoluteUri), default(NoHandler), _options with { Symbols = _symbols }));
                break;
            default:
                _lines.Add(await MessageLine.ConnectAsync(new Endpoint(Address(number)), default(NoMessages), _options));
                break;
        }
    }
}
