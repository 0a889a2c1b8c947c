using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Transport;

namespace PerfConn.Lab.Contestants;

/// <summary>Round trips through a line: its handler posts the next message when the answer is there.</summary>
internal sealed class PerfConnEcho(ContestantArguments arguments) : IContestant, IRecorder
{
    private readonly EchoHandler _handler = new();

    public LatencyRecorder Latency => _handler.Latency;

    public long Messages => Latency.Messages;

    public async Task StartAsync()
    {
        MessageLine line = await MessageLine.ConnectAsync(new Endpoint(arguments.Url), _handler, PerfConnOptions.Of(arguments));
        _handler.Send(line);
    }
}
