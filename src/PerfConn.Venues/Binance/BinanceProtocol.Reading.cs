using System;
using System.Runtime.CompilerServices;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <content>Reading field by field: whatever the fast path did not recognise.</content>
public partial record struct BinanceProtocol
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadAny<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        int start = message.IndexOfAnyExcept(" \t\r\n"u8);
        if (start >= 0 && message[start] == '[')
        {
            ReadItems(message, message, ref sink);
            return;
        }

        if (!BinanceFields.TryRead(message, out BinanceFields fields))
        {
            sink.OnOther(message);
            return;
        }

        if (!fields.Stream.IsEmpty && fields.DataKind != JsonKind.None)
        {
            ReadCombined(message, fields, ref sink);
        }
        else if (fields.HasError)
        {
            ReadError(message, fields, ref sink);
        }
        else if (!fields.Result.IsEmpty && fields.HasId)
        {
            sink.OnAccepted(fields.Id, fields.Result);
        }
        else
        {
            PourItem(message, fields, ref sink);
        }
    }

    /// <summary><c>{"stream":name,"data":item}</c>, or an array of items as data.</summary>
    private static void ReadCombined<TSink>(ReadOnlySpan<byte> message, scoped in BinanceFields fields, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (fields.DataKind == JsonKind.Array)
        {
            ReadItems(message, fields.Data, ref sink);
        }
        else if (fields.DataKind != JsonKind.Object)
        {
            sink.OnOther(message);
        }
        else if (BinanceStreamName.TrySplit(fields.Stream, out ReadOnlySpan<byte> symbol, out TickChannel channel))
        {
            sink.OnTick(symbol, channel, fields.Data);
        }
        else if (BinanceFields.TryRead(fields.Data, out BinanceFields item))
        {
            // A name without a symbol (!bookTicker, !serverShutdown): the item says what it is.
            PourItem(fields.Data, item, ref sink);
        }
        else
        {
            sink.OnOther(message);
        }
    }

    /// <summary>An array of items: one call each. Checked as a whole first, so that a torn array gives nothing rather than a part.</summary>
    private static void ReadItems<TSink>(ReadOnlySpan<byte> message, ReadOnlySpan<byte> array, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        var check = new JsonItems(array);
        bool any = false;
        while (check.MoveNext())
        {
            any = true;
        }

        if (!any || !check.IsComplete)
        {
            sink.OnOther(message);
            return;
        }

        foreach (ReadOnlySpan<byte> item in new JsonItems(array))
        {
            if (BinanceFields.TryRead(item, out BinanceFields fields))
            {
                PourItem(item, fields, ref sink);
            }
            else
            {
                sink.OnOther(item);
            }
        }
    }

    /// <summary>
    /// One item by its own fields: <c>e</c> names the event, and what has none but the six fields of a book ticker is one.
    /// </summary>
    private static void PourItem<TSink>(ReadOnlySpan<byte> item, scoped in BinanceFields fields, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (fields.Event.SequenceEqual("serverShutdown"u8))
        {
            sink.OnShutdownNotice();
        }
        else if (fields.Symbol.IsEmpty)
        {
            sink.OnOther(item);
        }
        else if (fields.Event.SequenceEqual("trade"u8))
        {
            sink.OnTick(fields.Symbol, BinanceChannels.Trade, item);
        }
        else if (fields.Event.SequenceEqual("depthUpdate"u8))
        {
            sink.OnTick(fields.Symbol, BinanceChannels.Depth, item);
        }
        else if (fields.HasBook && (!fields.HasEvent || fields.Event.SequenceEqual("bookTicker"u8)))
        {
            // With an event type on futures, without on spot.
            sink.OnTick(fields.Symbol, BinanceChannels.BookTicker, item);
        }
        else
        {
            sink.OnOther(item);
        }
    }

    /// <summary>
    /// <c>{"error":{"code":2,"msg":"..."},"id":3}</c> or <c>{"code":2,"msg":"...","id":3}</c>; an error about a request that could not be read has
    /// no id.
    /// </summary>
    private static void ReadError<TSink>(ReadOnlySpan<byte> message, scoped in BinanceFields fields, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        long id = fields.HasId ? fields.Id : -1;
        if (fields.Error.IsEmpty)
        {
            sink.OnRefused(id, fields.Code, fields.Text);
        }
        else if (BinanceFields.TryRead(fields.Error, out BinanceFields error))
        {
            sink.OnRefused(id, error.Code, error.Text);
        }
        else
        {
            sink.OnOther(message);
        }
    }
}
