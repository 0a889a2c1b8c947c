using System.Buffers;
using System.Globalization;
using System.Text;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Simulator.Market;

/// <summary>Builds a WebSocket text frame with fields of fixed width to be filled in later, and remembers where they are.</summary>
internal sealed class FrameTemplate
{
    private const byte TextOpcode = 1;

    private static readonly WebSocketFrameEncoder s_encoder = new(keys: null);

    private readonly ArrayBufferWriter<byte> _payload = new(256);

    public FrameTemplate Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _payload);
        return this;
    }

    /// <summary>Leaves room for a field; gives its place in the payload.</summary>
    public FrameTemplate Field(int width, out int position)
    {
        position = _payload.WrittenCount;
        _payload.GetSpan(width)[..width].Fill((byte)'0');
        _payload.Advance(width);
        return this;
    }

    /// <summary>Remembers a place in fixed text.</summary>
    public FrameTemplate Place(out int position)
    {
        position = _payload.WrittenCount;
        return this;
    }

    /// <summary>Writes an id, of which the last eight digits vary.</summary>
    public FrameTemplate Id(long id, out int position) =>
        Text((id / Digits.EightDigits).ToString(CultureInfo.InvariantCulture)).Field(8, out position);

    /// <summary>Leaves room for a price of eight decimals.</summary>
    public FrameTemplate Price(Instrument instrument, out int position) => Text(instrument.IntegerDigits == 0 ? "0" : "")
        .Field(Instrument.PriceWidth, out position)
        .Text(new string('0', instrument.IntegerDigits));

    /// <summary>Leaves room for a quantity of eight decimals.</summary>
    public FrameTemplate Quantity(out int position) => Field(Market.Quantity.Width, out position).Text("000");

    /// <summary>The frame, and by how much fields stand further right in it than in the payload.</summary>
    public byte[] ToFrame(out int shift)
    {
        var frame = new byte[s_encoder.MaxSize(_payload.WrittenCount)];
        int size = s_encoder.Encode(frame, TextOpcode, _payload.WrittenSpan);
        shift = size - _payload.WrittenCount;
        return frame[..size];
    }
}
