using System;
using System.Threading;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Holds a server's answer against the minimum rate: from its first byte on it may take the grace time, or as long as the rate gives its bytes, whichever is
/// longer (RELIABILITY B07). How long a server may think before its first byte is the connect deadline's matter.
/// </summary>
internal sealed class MinimumRate : IDisposable
{
    private readonly int _rate;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _tooSlow = new();
    private readonly CancellationTokenSource _either;
    private readonly ITimer _timer;
    private readonly long _start;

    /// <summary>Begins to count; the first bytes have just arrived, and <see cref="OnReceived"/> is about to be told how many.</summary>
    /// <param name="rate">Bytes per second.</param>
    /// <param name="grace">How long it may be slower.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public MinimumRate(int rate, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        _rate = rate;
        _grace = grace;
        _time = time;
        _start = time.GetTimestamp();
        _either = CancellationTokenSource.CreateLinkedTokenSource(_tooSlow.Token, cancellationToken);
        _timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _tooSlow, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the answer is too slow, or by the caller.</summary>
    public CancellationToken Token => _either.Token;

    public bool IsTooSlow => _tooSlow.IsCancellationRequested;

    /// <summary>So many bytes have arrived in all.</summary>
    public void OnReceived(int total)
    {
        TimeSpan allowed = TimeSpan.FromSeconds((double)total / _rate);
        allowed = allowed > _grace ? allowed : _grace;
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
