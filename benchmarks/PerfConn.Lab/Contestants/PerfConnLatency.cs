using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>A line whose handler takes the time of each tick.</summary>
internal sealed class PerfConnLatency(ContestantArguments arguments) : IContestant, IRecorder
{
    private Line? _line;

    public LatencyRecorder Latency { get; } = new();

    public long Messages => _line!.Statistics.Ticks;

    public async Task StartAsync() =>
        _line = await Line.ConnectAsync(BinanceVenue.Spot.At(arguments.Url.AbsoluteUri), new StampHandler(Latency), PerfConnOptions.Of(arguments));
}
