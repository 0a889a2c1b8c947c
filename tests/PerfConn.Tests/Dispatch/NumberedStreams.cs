using System;
using System.Buffers.Binary;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;

namespace PerfConn.Tests.Dispatch;

/// <summary>Streams whose ticks are numbered, and a writer's own account of what it sent.</summary>
internal sealed class NumberedStreams(int count)
{
    private readonly int[] _numbers = new int[count];
    private readonly byte[] _reused = new byte[4096];

    public int Count => count;

    /// <summary>Ticks sent, over all streams.</summary>
    public long Sent { get; private set; }

    public int LastOf(int stream) => _numbers[stream];

    public static SymbolId SymbolOf(int stream) => new(stream / 2);

    public static TickChannel ChannelOf(int stream) => new((byte)(stream % 2));

    public static int StreamOf(SymbolId symbol, TickChannel channel) => (symbol.Value * 2) + channel.Value;

    /// <summary>
    /// Sends the next tick of a stream: its number, and as many bytes as asked that are all the same function of it. The memory is used again and again, as a receive block
    /// is: what arrives must be what stood there at the time.
    /// </summary>
    public void Send(Subscriber lane, int stream, int size = 12, ILeaseSource? source = null)
    {
        int number = ++_numbers[stream];
        Span<byte> payload = _reused.AsSpan(0, size);
        payload.Fill((byte)(number + stream));
        BinaryPrimitives.WriteInt32LittleEndian(payload, stream);
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], number);
        Sent++;
        lane.OnTick(new Tick(SymbolOf(stream), ChannelOf(stream), payload, number, source));
    }

    public void SendGap(Subscriber lane, int stream) =>
        lane.OnGap(new Gap(SymbolOf(stream), ChannelOf(stream), GapCause.Reconnected, 7, _numbers[stream] + 1, -1));
}
