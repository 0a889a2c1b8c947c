namespace PerfConn.Protocol;

/// <summary>How a venue numbers the ticks of a stream, and so what the numbers can prove.</summary>
public enum SequenceKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each number is higher than the last, by how much means nothing: a repeated tick shows, a lost one does not (Binance bookTicker <c>u</c>).</summary>
    Increasing,

    /// <summary>Each number is the last plus one: a loss shows, and how many ticks it was (Binance trade <c>t</c>, FIX MsgSeqNum, Coinbase <c>sequence_num</c>).</summary>
    Contiguous,

    /// <summary>A tick covers numbers from first to last, and its first is the last of the one before plus one: a loss shows, how many ticks it was does not (Binance spot depth <c>U</c>, <c>u</c>).</summary>
    Range,

    /// <summary>A tick names the last number of the one before it: likewise (Binance futures depth <c>pu</c>, <c>u</c>; OKX <c>prevSeqId</c>, <c>seqId</c>).</summary>
    Chained,
}
