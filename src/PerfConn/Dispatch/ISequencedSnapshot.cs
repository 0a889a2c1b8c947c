namespace PerfConn.Dispatch;

/// <summary>A state as of a sequence number: the deltas after it can be applied to it (Binance's REST depth with its <c>lastUpdateId</c>).</summary>
public interface ISequencedSnapshot
{
    /// <summary>The last number that it contains, in the numbers of the stream's deltas.</summary>
    long LastSequence { get; }
}
