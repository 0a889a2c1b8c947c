using System;
using System.Threading;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Holds a server's answer against the minimum rate: from its first byte on it may take the grace time, or as long as the rate gives its bytes, whichever is
/// longer (RELIABILITY B07). How long a server may think before its first byte is the connect deadline's matter.
/// </summary>
internal sealed class MinimumRate : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _tooSlow = new();
    private readonly CancellationTokenSource _either;
    private readonly ITimer _timer;
    private readonly long _start;

    /// <summary>Begins to count; the first bytes have just arrived.</summary>
    public MinimumRate(TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        _start = time.GetTimestamp();
        _either = CancellationTokenSource.CreateLinkedTokenSource(_tooSlow.Token, cancellationToken);
        _timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _tooSlow, HandshakeLimits.Grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the answer is too slow, or by the caller.</summary>
    public CancellationToken Token => _either.Token;

    public bool IsTooSlow => _tooSlow.IsCancellationRequested;

    /// <summary>So many bytes have arrived in all.</summary>
    public void OnReceived(int total)
    {
        TimeSpan allowed = TimeSpan.FromSeconds((double)total / HandshakeLimits.MinRate);
        allowed = allowed > HandshakeLimits.Grace ? allowed : HandshakeLimits.Grace;
        TimeSpan left = allowed - _time.GetElapsedTime(_start);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _either.Dispose();
        _tooSlow.Dispose();
    }
}
