using System;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;

namespace PerfConn.Fuzz;

/// <summary>
/// Binance's messages. Oracles: every message is reported at least once, as something; and what the protocol remembers of earlier messages changes nothing in what it says
/// of this one.
/// </summary>
internal sealed class BinanceTarget : IFuzzTarget
{
    private BinanceProtocol _remembering;

    public string Name => "binance";

    public void Run(ReadOnlySpan<byte> input)
    {
        var fresh = new Said();
        default(BinanceProtocol).Read(input, ref fresh);
        var remembered = new Said();
        _remembering.Read(input, ref remembered);
        if (!fresh.Equals(remembered))
        {
            throw new OracleException("an earlier message changed what this one means");
        }

        // An empty array of items is the one message that rightly says nothing.
        if (fresh.Count == 0 && !input.Contains((byte)'['))
        {
            throw new OracleException("the message was passed over in silence");
        }
    }

    /// <summary>What has been reported: how much, and a hash over all of it.</summary>
    private record struct Said : IProtocolSink
    {
        private HashCode _hash;

        public int Count { get; private set; }

        public readonly int Hash => _hash.ToHashCode();

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload)
        {
            Add(1, symbol);
            Add(channel.Value, payload);
        }

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => Add(requestId, result);

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => Add(requestId + code, message);

        public void OnShutdownNotice() => Add(3, default);

        public void OnOther(ReadOnlySpan<byte> message) => Add(4, message);

        public readonly bool Equals(Said other) => Count == other.Count && Hash == other.Hash;

        public override readonly int GetHashCode() => Hash;

        private void Add(long kind, ReadOnlySpan<byte> bytes)
        {
            Count++;
            _hash.Add(kind);
            _hash.AddBytes(bytes);
        }
    }
}
