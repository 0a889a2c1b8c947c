using System;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Benchmarks;
using PerfConn.Dispatch;
using PerfConn.Transport;

namespace PerfConn.Lab.Contestants;

/// <summary>Ticks of a book ticker's size from memory through a lane to another thread: how many arrive, and what became of the others.</summary>
internal sealed class LaneFlow(ContestantArguments arguments) : IContestant, ILossy
{
    private Func<LaneStatistics> _statistics = static () => default;
    private long _poured;

    public long Messages => Statistics is { Sent: > 0 } lane ? lane.Delivered : _poured;

    /// <summary>All zero where there is no lane.</summary>
    public LaneStatistics Statistics => _statistics();

    public Task StartAsync()
    {
        switch (arguments.Text("--lane", "none"))
        {
            case "none":
                Pour(new LaneSink());
                break;
            case "channel":
                var channel = new LaneChannel<LaneSink>(
                    new LaneSink(), Delivery.DefaultLaneCapacity, Enum.Parse<BoundedChannelFullMode>(arguments.Text("--policy", "Wait")));
                _statistics = () => channel.Statistics;
                Pour(channel);
                break;
            default:
                var lane = new TickLane<LaneSink>(new LaneSink(), DeliveryOf(arguments));
                _statistics = () => lane.Statistics;
                Pour(lane);
                break;
        }

        return Task.CompletedTask;
    }

    private static Delivery DeliveryOf(ContestantArguments arguments)
    {
        LaneWait wait = arguments.Text("--wait", "Async") switch
        {
            "Async" => LaneWait.Async,
            "Thread" => LaneWait.Thread,
            "Yield" => LaneWait.Spin(IdleStrategy.Yield(100)),
            "Park" => LaneWait.Spin(IdleStrategy.Park(TimeSpan.FromMicroseconds(50))),
            _ => LaneWait.Spin(),
        };
        Delivery delivery = Delivery.Lane(policy: Enum.Parse<LanePolicy>(arguments.Text("--policy", nameof(LanePolicy.Wait))), wait: wait);
        return arguments.Text("--leased", "no") == "yes" ? delivery with { CopyLimit = 0 } : delivery;
    }

    private void Pour<THandler>(THandler handler)
        where THandler : ITickHandler
    {
        var source = new LaneSource();
        BareSocket.RunOnThread(() =>
        {
            while (true)
            {
                source.Pour(ref handler, 1);
                _poured += LaneSource.Count;
            }
        });
    }
}
