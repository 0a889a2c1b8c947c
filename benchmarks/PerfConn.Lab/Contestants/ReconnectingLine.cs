using System;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>A line with one stream that is reset again and again. Its first try comes at once; data alone is proof that the venue works.</summary>
internal sealed class ReconnectingLine(ContestantArguments arguments) : IContestant, IFinite
{
    private readonly CutRecorder _recorder = new(arguments.Cuts);
    private Line? _line;

    public long Messages => _line!.Statistics.Ticks;

    public async Task StartAsync() => _line = await Line.ConnectAsync(
        BinanceVenue.Spot.At(arguments.Url.AbsoluteUri),
        new CutHandler(_recorder),
        PerfConnOptions.Of(arguments) with
        {
            KeepSpare = arguments.Text("--spare", "no") == "yes",
            Reconnect = new ReconnectOptions
            {
                Retry = Retry.Exponential(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)) with { IsFirstImmediate = true },
                HealthyAfter = TimeSpan.Zero,
            },
        });

    public async Task<Measurement> MeasureAsync()
    {
        Task<Measurement> measuring = _recorder.MeasureAsync();

        // The first subscription starts the server's cutting.
        await _line!.SubscribeAsync([StampedFrames.FirstStream]);
        return await measuring;
    }

    private readonly struct CutHandler(CutRecorder recorder) : ITickHandler
    {
        public void OnTick(in Tick tick) => recorder.OnTick(tick.Payload);

        public void OnGap(in Gap gap)
        {
        }
    }
}
