using PerfConn.Dispatch;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>Reads the update id and all four decimals of each book ticker.</summary>
internal struct DecodeHandler : ITickHandler
{
    private long _sum;

    public void OnTick(in Tick tick)
    {
        if (BookTicker.TryRead(in tick, out BookTicker book))
        {
            _sum += book.UpdateId + book.BidPrice.Mantissa + book.BidQuantity.Mantissa + book.AskPrice.Mantissa + book.AskQuantity.Mantissa;
        }
    }

    public void OnGap(in Gap gap) => _sum = 0;
}
