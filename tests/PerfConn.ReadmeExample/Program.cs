using System;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Venues.Binance;

await using Line line = await Line.ConnectAsync(BinanceVenue.Spot);
await line.SubscribeAsync(["btcusdt@bookTicker", "ethusdt@bookTicker"], new Spread());
await line.Completion;

internal struct Spread : ITickHandler
{
    public void OnTick(in Tick tick)
    {
        if (BookTicker.TryRead(tick, out BookTicker book))
        {
            Console.WriteLine($"{tick.Symbol} {book.BidPrice} x {book.AskPrice}");
        }
    }

    public void OnGap(in Gap gap) => Console.WriteLine($"{gap.Symbol}: ticks may be missing ({gap.Cause})");
}
