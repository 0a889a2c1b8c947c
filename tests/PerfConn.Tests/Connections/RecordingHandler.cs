using System;
using System.Collections.Generic;
using System.Text;
using PerfConn.Dispatch;
using PerfConn.Symbols;

namespace PerfConn.Tests.Connections;

/// <summary>Keeps what it is given, in order, as short texts: <c>BTCUSDT {payload}</c> for ticks and <c>gap BTCUSDT cause</c> for gaps.</summary>
internal sealed class RecordingHandler(SymbolMap symbols) : ITickHandler
{
    private readonly List<string> _events = [];

    /// <summary>Called before a tick is kept.</summary>
    public Action? Before { get; set; }

    public void OnTick(in Tick tick)
    {
        Before?.Invoke();
        Add($"{symbols.NameOf(tick.Symbol)} {Encoding.UTF8.GetString(tick.Payload)}");
    }

    public void OnGap(in Gap gap) => Add($"gap {symbols.NameOf(gap.Symbol)} {gap.Cause} {gap.Lost}");

    public string[] Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    private void Add(string text)
    {
        lock (_events)
        {
            _events.Add(text);
        }
    }
}
