using System;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>The fields that tell Binance messages and items apart, gathered in one walk over an object's top level, in whatever order they stand.</summary>
internal ref struct BinanceFields
{
    private Seen _seen;

    [Flags]
    private enum Seen
    {
        None = 0,
        UpdateId = 1,
        BidPrice = 2,
        BidQuantity = 4,
        AskPrice = 8,
        AskQuantity = 16,
        Book = UpdateId | BidPrice | BidQuantity | AskPrice | AskQuantity,
        Event = 32,
        Id = 64,
        Code = 128,
        Message = 256,
    }

    /// <summary>Content of <c>stream</c>.</summary>
    public ReadOnlySpan<byte> Stream { get; private set; }

    /// <summary>Raw value of <c>data</c>.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public JsonKind DataKind { get; private set; }

    /// <summary>Raw value of <c>result</c>.</summary>
    public ReadOnlySpan<byte> Result { get; private set; }

    /// <summary>Raw value of <c>error</c> when it is an object.</summary>
    public ReadOnlySpan<byte> Error { get; private set; }

    /// <summary>Content of <c>e</c>, the event type.</summary>
    public ReadOnlySpan<byte> Event { get; private set; }

    /// <summary>Content of <c>s</c>, the symbol.</summary>
    public ReadOnlySpan<byte> Symbol { get; private set; }

    /// <summary>Content of <c>msg</c>, escapes as written.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Value of <c>id</c>; only integers count, because only integers are sent.</summary>
    public long Id { get; private set; }

    /// <summary>Value of <c>code</c>; -1 when it is missing or no 32-bit integer.</summary>
    public int Code { get; private set; }

    public readonly bool HasId => (_seen & Seen.Id) != Seen.None;

    public readonly bool HasEvent => (_seen & Seen.Event) != Seen.None;

    public readonly bool HasBook => (_seen & Seen.Book) == Seen.Book;

    public readonly bool HasError => !Error.IsEmpty || (_seen & (Seen.Code | Seen.Message)) == (Seen.Code | Seen.Message);

    /// <summary>Walks over an object.</summary>
    /// <returns>False when it is no well-formed object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out BinanceFields fields)
    {
        fields = default;
        fields.Code = -1;
        JsonFields.Enumerator walk = new JsonFields(json).GetEnumerator();
        while (walk.MoveNext())
        {
            fields.Take(walk.Current);
        }

        return walk.IsComplete;
    }

    private void Take(scoped in JsonField field)
    {
        if (field.Key.Length == 1)
        {
            TakeLetter(field);
        }
        else if (field.Key.SequenceEqual("stream"u8))
        {
            Stream = field.Text;
        }
        else if (field.Key.SequenceEqual("data"u8))
        {
            Data = field.Value;
            DataKind = field.Kind;
        }
        else if (field.Key.SequenceEqual("result"u8))
        {
            Result = field.Value;
        }
        else if (field.Key.SequenceEqual("error"u8))
        {
            Error = field.Kind == JsonKind.Object ? field.Value : default;
        }
        else if (field.Key.SequenceEqual("msg"u8))
        {
            Text = field.Text;
            _seen |= field.Kind == JsonKind.String ? Seen.Message : Seen.None;
        }
        else
        {
            TakeInteger(field);
        }
    }

    private void TakeInteger(scoped in JsonField field)
    {
        if (field.Kind != JsonKind.Number || !Utf8Integer.TryParse(field.Value, out long value))
        {
            return;
        }

        if (field.Key.SequenceEqual("id"u8))
        {
            Id = value;
            _seen |= Seen.Id;
        }
        else if (field.Key.SequenceEqual("code"u8))
        {
            Code = value is >= int.MinValue and <= int.MaxValue ? (int)value : -1;
            _seen |= Seen.Code;
        }
    }

    /// <summary>The letters differ by case only: <c>b</c> is the bid's price, <c>B</c> its quantity.</summary>
    private void TakeLetter(scoped in JsonField field)
    {
        switch (field.Key[0])
        {
            case (byte)'e':
                Event = field.Text;
                _seen |= Seen.Event;
                break;
            case (byte)'s':
                Symbol = field.Text;
                break;
            case (byte)'u':
                _seen |= Seen.UpdateId;
                break;
            case (byte)'b':
                _seen |= Seen.BidPrice;
                break;
            case (byte)'B':
                _seen |= Seen.BidQuantity;
                break;
            case (byte)'a':
                _seen |= Seen.AskPrice;
                break;
            case (byte)'A':
                _seen |= Seen.AskQuantity;
                break;
            default:
                break;
        }
    }
}
