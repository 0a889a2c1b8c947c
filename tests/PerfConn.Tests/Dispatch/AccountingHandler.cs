using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PerfConn.Dispatch;
using PerfConn.Sequencing;

namespace PerfConn.Tests.Dispatch;

/// <summary>Checks at each call that what comes is whole, in order, and that what is missing has been said, exactly and at the right place.</summary>
internal sealed class AccountingHandler : ITickHandler
{
    private readonly Dictionary<int, (int Number, long Lost, int Markers)> _streams = [];

    public Action<int>? Before { get; set; }

    public long Ticks { get; private set; }

    public long Lost { get; private set; }

    public long Conflated { get; private set; }

    public long Markers { get; private set; }

    public string? Fault { get; private set; }

    public int LastOf(int stream) => _streams.GetValueOrDefault(stream).Number;

    public int MarkersOf(int stream) => _streams.GetValueOrDefault(stream).Markers;

    public void OnTick(in Tick tick)
    {
        int stream = NumberedStreams.StreamOf(tick.Symbol, tick.Channel);
        int number = BinaryPrimitives.ReadInt32LittleEndian(tick.Payload[4..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(tick.Payload) != stream || tick.Payload[8..].ContainsAnyExcept((byte)(number + stream)) || tick.ReceiveTimestamp != number)
        {
            Fault ??= $"tick {number} of stream {stream} is torn";
        }

        (int last, long lost, int markers) = _streams.GetValueOrDefault(stream);
        if (number - last - 1 != lost + tick.Conflated)
        {
            Fault ??= $"between {last} and {number} of stream {stream}: told {lost} lost and {tick.Conflated} conflated";
        }

        _streams[stream] = (number, 0, markers);
        Ticks++;
        Lost += lost;
        Conflated += tick.Conflated;
        Before?.Invoke((int)Ticks);
    }

    public void OnGap(in Gap gap)
    {
        int stream = NumberedStreams.StreamOf(gap.Symbol, gap.Channel);
        (int last, long lost, int markers) = _streams.GetValueOrDefault(stream);
        if (gap.Cause == GapCause.SlowConsumer)
        {
            if (gap.LastTimestamp != last || gap.Lost < 1)
            {
                Fault ??= $"stream {stream}: {gap} after {last}, {lost} told already";
            }

            // Two of them when another marker stands between: some were lost before it and some behind it.
            _streams[stream] = (last, lost + gap.Lost, markers);
        }
        else
        {
            _streams[stream] = (last, lost, markers + 1);
            Markers++;
        }
    }
}
