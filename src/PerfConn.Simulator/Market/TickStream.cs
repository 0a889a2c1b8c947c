using System;
using System.Diagnostics;
using System.Threading;

namespace PerfConn.Simulator.Market;

/// <summary>
/// One stream on one line: renders tick after tick by copying a finished frame and patching its numbers. Tick <c>n</c> has the same content on
/// every line.
/// </summary>
/// <remarks>Rendered by its line only, under the line's lock; <see cref="Next"/> may be read by anyone. A render allocates nothing.</remarks>
internal abstract class TickStream
{
    private readonly long _first;
    private long _next;
    private StreamFormat _format;
    private byte[] _frame = [];

    /// <summary>The part of the id above its last eight digits, as it stands in the frame.</summary>
    private long _high = -1;

    protected TickStream(string name, Instrument instrument, StreamFormat format, long first)
    {
        Name = name;
        Instrument = instrument;
        _format = format;
        _first = first;
        _next = first;
    }

    /// <summary>The name that the line subscribed to.</summary>
    public string Name { get; }

    public Instrument Instrument { get; }

    /// <summary>Number of the next tick.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Bytes that a frame takes at most; known after the first build.</summary>
    public int MaxSize => _frame.Length == 0 ? Build() : _frame.Length;

    public StreamPosition Position(long connection)
    {
        long next = Next;
        return new StreamPosition
        {
            Connection = connection,
            Stream = Name,
            Symbol = Instrument.Name,
            FirstSequence = next == _first ? 0 : SequenceOf(_first),
            LastSequence = next == _first ? 0 : SequenceOf(next - 1),
            Ticks = next - _first,
        };
    }

    /// <summary>Changes the format from the next tick on.</summary>
    public void Reformat(StreamFormat format)
    {
        _format = format;
        _frame = [];
        _high = -1;
    }

    /// <summary>Writes the next tick's frame; gives its size.</summary>
    public int Render(Span<byte> destination, in TickTime time)
    {
        long index = _next;
        long high = SequenceOf(index) / Digits.EightDigits;
        if (high != _high)
        {
            Build();
        }

        int size = Write(destination, index, time);
        Volatile.Write(ref _next, index + 1);
        return size;
    }

    /// <summary>The number by which a client recognises the tick: update id, trade id or last update id.</summary>
    protected abstract long SequenceOf(long index);

    /// <summary>Lays out the payload.</summary>
    protected abstract void Lay(FrameTemplate template, StreamFormat format, long index);

    /// <summary>Moves the remembered places from the payload's start to the frame's.</summary>
    protected abstract void Shift(int offset);

    protected abstract int Write(Span<byte> destination, long index, in TickTime time);

    /// <summary>Copies the frame to be patched.</summary>
    protected int Copy(Span<byte> destination)
    {
        _frame.CopyTo(destination);
        return _frame.Length;
    }

    /// <summary>The last eight digits of an id; those above stand in the frame already.</summary>
    protected static ulong LowDigits(long id) => Digits.Eight((uint)(id % Digits.EightDigits));

    private int Build()
    {
        long index = _next;
        _high = SequenceOf(index) / Digits.EightDigits;
        var template = new FrameTemplate();
        if (_format.IsCombined)
        {
            template.Text("{\"stream\":\"").Text(Name).Text("\",\"data\":");
        }

        Lay(template, _format, index);
        if (_format.IsCombined)
        {
            template.Text("}");
        }

        _frame = template.ToFrame(out int shift);
        Shift(shift);
        Debug.Assert(_frame.Length < 1024, "a tick is small");
        return _frame.Length;
    }
}
