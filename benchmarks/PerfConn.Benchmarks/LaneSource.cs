using System;
using System.Text;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Benchmarks;

/// <summary>
/// Ticks as a receive loop has them: one payload behind the other in a pooled block, which can be leased, of many symbols in an order that no predictor learns.
/// </summary>
internal sealed class LaneSource : ILeaseSource, IDisposable
{
    public const int Count = 2000;
    public const int Symbols = 500;

    private static readonly TickChannel s_channel = new(1);

    private readonly PinnedBlock _block;
    private readonly (int Offset, int Length, SymbolId Symbol)[] _ticks = new (int, int, SymbolId)[Count];

    /// <param name="size">Bytes of a payload.</param>
    public LaneSource(int size = 110)
    {
        _block = new BlockPool(blockSize: Math.Max(BlockPool.DefaultBlockSize, Count * size)).Rent();
        for (int i = 0; i < Count; i++)
        {
            string text = $$"""{"u":{{400900217 + i}},"s":"SYM{{i * 7 % Symbols}}USDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}""";
            Encoding.ASCII.GetBytes(text.PadRight(size).AsSpan(0, size), _block.Array.AsSpan(i * size));
            _ticks[i] = (i * size, size, new SymbolId(i * 7 % Symbols));
        }
    }

    /// <summary>Gives each tick once.</summary>
    public void Pour<THandler>(ref THandler handler, long timestamp)
        where THandler : ITickHandler
    {
        foreach ((int offset, int length, SymbolId symbol) in _ticks)
        {
            handler.OnTick(new Tick(symbol, s_channel, new ReadOnlySpan<byte>(_block.Array, offset, length), timestamp, this));
        }
    }

    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) => _block.TryLease(bytes, out lease);

    public void Dispose() => _block.Release();
}
