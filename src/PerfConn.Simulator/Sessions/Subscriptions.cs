using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Simulator.Market;

namespace PerfConn.Simulator.Sessions;

/// <summary>The streams of one line, and the rendering of their ticks, one stream after the other.</summary>
/// <remarks>Used under the session's lock. Rendering allocates nothing.</remarks>
internal sealed class Subscriptions(SimulatedMarket market, StreamFormat format)
{
    private readonly Dictionary<string, TickStream?> _byName = new(StringComparer.Ordinal);
    private readonly List<TickStream> _live = [];
    private readonly List<TickStream> _past = [];
    private StreamFormat _format = format;
    private int _turn;
    private int _largest;

    /// <summary>Streams subscribed to, silent ones included.</summary>
    public int Count => _byName.Count;

    /// <summary>Whether any of them has ticks.</summary>
    public bool IsLive => _live.Count > 0;

    public IEnumerable<string> Names => _byName.Keys;

    public bool IsCombined
    {
        get => _format.IsCombined;
        set
        {
            _format = _format with { IsCombined = value };
            foreach (TickStream stream in _live)
            {
                stream.Reformat(_format);
            }

            FindLargest();
        }
    }

    public void Add(string name)
    {
        if (_byName.ContainsKey(name))
        {
            return;
        }

        TickStream? stream = market.Join(name, _format);
        _byName.Add(name, stream);
        if (stream is not null)
        {
            _live.Add(stream);
            _largest = Math.Max(_largest, stream.MaxSize);
        }
    }

    public void Remove(string name)
    {
        if (_byName.Remove(name, out TickStream? stream) && stream is not null)
        {
            _live.Remove(stream);
            _past.Add(stream);
            market.Leave(stream);
            FindLargest();
        }
    }

    /// <summary>Takes the line off all its streams; their positions stay readable.</summary>
    public void Leave()
    {
        foreach (TickStream stream in _live)
        {
            market.Leave(stream);
        }
    }

    /// <summary>Renders up to <paramref name="most"/> ticks, or as many as fit; gives how many bytes and ticks.</summary>
    public (int Bytes, int Ticks) Render(Span<byte> buffer, long most, DateTimeOffset now)
    {
        var time = new TickTime(now, _format.IsMicroseconds);
        int written = 0;
        int ticks = 0;
        int turn = _turn;
        int last = buffer.Length - _largest;
        while (ticks < most && written <= last)
        {
            if (turn >= _live.Count)
            {
                turn = 0;
            }

            written += _live[turn++].Render(buffer[written..], time);
            ticks++;
        }

        _turn = turn;
        return (written, ticks);
    }

    public IEnumerable<StreamPosition> Positions(long connection) => _past.Concat(_live).Select(stream => stream.Position(connection));

    private void FindLargest() => _largest = _live.Count == 0 ? 0 : _live.Max(static stream => stream.MaxSize);
}
