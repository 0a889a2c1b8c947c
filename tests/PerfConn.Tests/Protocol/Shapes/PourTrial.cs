using System;
using System.Buffers.Binary;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;
using static PerfConn.Tests.Protocol.Shapes.VenueTopics;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Arrays of items, topics and binary frames: readers with a history held to readers without one and to a plain reading.</summary>
internal sealed class PourTrial
{
    private static readonly TokenTable s_table = new([new(408065, "INFY"), new(0, "ZERO"), new(738561, "RELIANCE")]);

    private ItemReader<SymbolItem> _items;
    private TopicReader<HeadTopics> _heads;
    private TopicReader<TailTopics> _tails;

    /// <summary>Arrays and frames that were good.</summary>
    public long Good { get; private set; }

    /// <summary>What went wrong, null when nothing.</summary>
    public string? Fault(ReadOnlySpan<byte> input)
    {
        Said expected = default;
        bool good = ReadItems(input, ref expected);
        Good += good ? 1 : 0;
        Said found = default;
        if (_items.TryPour(input, new TickChannel(3), ref found) != good || found != expected)
        {
            return $"items: plain reading {good}, {expected.Count} said; here {found.Count}";
        }

        return TopicFault(input) ?? FrameFault(input);
    }

    private static bool ReadItems(ReadOnlySpan<byte> input, ref Said said)
    {
        var check = new JsonItems(input);
        while (check.MoveNext())
        {
        }

        if (!check.IsComplete)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[384];
        foreach (ReadOnlySpan<byte> item in new JsonItems(input))
        {
            int length = 0;
            if (!ShapeReader<SymbolItem>.TryReadExact(item, out MessageFields fields)
                || (fields.IsSymbolEscaped && (!EscapedSymbol.TryDecode(fields.Symbol, plain, out length) || length == 0)))
            {
                said.OnOther(item);
            }
            else
            {
                said.OnTick(fields.IsSymbolEscaped ? plain[..length] : fields.Symbol, new TickChannel(3), item);
            }
        }

        return true;
    }

    private string? TopicFault(ReadOnlySpan<byte> topic)
    {
        int head = -1;
        int tail = -1;
        int whole = -1;
        for (int i = 0; i < HeadTopics.Count; i++)
        {
            head = topic.StartsWith(HeadTopics.NameOf(i)) ? i : head;
            whole = topic.SequenceEqual(HeadTopics.NameOf(i)) ? i : whole;
        }

        for (int i = 0; i < TailTopics.Count; i++)
        {
            tail = topic.EndsWith(TailTopics.NameOf(i)) ? i : tail;
        }

        bool good = _heads.TryFind(topic, out int found) == (whole >= 0) && (whole < 0 || found == whole);
        ReadOnlySpan<byte> symbol = head < 0 ? default : topic[HeadTopics.NameOf(head).Length..];
        good &= _heads.TrySplitHead(topic, out found, out ReadOnlySpan<byte> split) == !symbol.IsEmpty && split.SequenceEqual(symbol) && (symbol.IsEmpty || found == head);
        symbol = tail < 0 ? default : topic[..^TailTopics.NameOf(tail).Length];
        good &= _tails.TrySplitTail(topic, out found, out split) == !symbol.IsEmpty && split.SequenceEqual(symbol) && (symbol.IsEmpty || found == tail);
        return good ? null : $"topic: head {head}, tail {tail}, whole {whole}";
    }

    /// <summary>What is poured is all of the frame and in its order, and nothing of a bad one.</summary>
    private string? FrameFault(ReadOnlySpan<byte> frame)
    {
        Said expected = default;
        bool good = frame.Length >= 2 && BinaryPrimitives.ReadInt16BigEndian(frame) >= 0;
        int packets = good ? BinaryPrimitives.ReadInt16BigEndian(frame) : 0;
        ReadOnlySpan<byte> rest = good ? frame[2..] : default;
        for (; good && packets > 0; packets--)
        {
            int length = rest.Length < 2 ? -1 : BinaryPrimitives.ReadInt16BigEndian(rest);
            good = length >= 0 && length <= rest.Length - 2;
            if (good)
            {
                Say(rest.Slice(2, length), ref expected);
                rest = rest[(2 + length)..];
            }
        }

        good &= rest.IsEmpty;
        Said found = default;
        bool counted = TokenReader<KiteLayout>.TryPourCounted(frame, s_table, ref found);
        if (counted != good || found != (good ? expected : default))
        {
            return $"frame: plain reading {good}, {expected.Count} said; here {found.Count}";
        }

        Good += good ? 1 : 0;
        expected = default;
        for (int at = 3; at + 8 <= frame.Length && (frame.Length - 3) % 8 == 0; at += 8)
        {
            Say(frame.Slice(at, 8), ref expected);
        }

        found = default;
        bool isFixed = TokenReader<KiteLayout>.TryPourFixed(frame, header: 3, size: 8, s_table, ref found);
        return isFixed == (frame.Length >= 3 && (frame.Length - 3) % 8 == 0) && found == expected ? null : "records";
    }

    private static void Say(ReadOnlySpan<byte> packet, ref Said said)
    {
        string name = packet.Length < 4 ? "" : BinaryPrimitives.ReadUInt32BigEndian(packet) switch { 408065 => "INFY", 0 => "ZERO", 738561 => "RELIANCE", _ => "" };
        int channel = packet.Length switch { 8 => 0, 28 or 32 or 44 => 1, 184 => 2, _ => -1 };
        if (name.Length == 0 || channel < 0)
        {
            said.OnOther(packet);
        }
        else
        {
            said.OnTick(System.Text.Encoding.ASCII.GetBytes(name), new TickChannel((byte)channel), packet);
        }
    }

    /// <summary>What has been poured: how much, and a hash over all of it in order.</summary>
    private record struct Said : IProtocolSink
    {
        private HashCode _hash;

        public int Count { get; private set; }

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload)
        {
            _hash.Add(symbol.Length);
            _hash.AddBytes(symbol);
            Add(channel.Value, payload);
        }

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => throw new InvalidOperationException();

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => throw new InvalidOperationException();

        public void OnShutdownNotice() => throw new InvalidOperationException();

        public void OnOther(ReadOnlySpan<byte> message) => Add(-1, message);

        public readonly bool Equals(Said other) => Count == other.Count && _hash.ToHashCode() == other._hash.ToHashCode();

        public override readonly int GetHashCode() => _hash.ToHashCode();

        private void Add(int kind, ReadOnlySpan<byte> bytes)
        {
            Count++;
            _hash.Add(kind);
            _hash.Add(bytes.Length);
            _hash.AddBytes(bytes);
        }
    }
}
