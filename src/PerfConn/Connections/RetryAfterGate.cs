using System;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// Until when a venue wants to be left alone (<c>Retry-After</c>, RFC 9110 section 10.2.3; RELIABILITY D23). What one attempt has been told holds for all that share the gate: a line's own, its
/// rotation's and its spare's, and those of the next line of a managed connection.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RetryAfterGate(TimeProvider time)
{
    private long _notBefore = long.MinValue / 2;

    /// <summary>How long nobody may ask; zero or less when somebody may.</summary>
    public TimeSpan Left
    {
        get
        {
            long now = time.GetTimestamp();
            long notBefore = Volatile.Read(ref _notBefore);
            return now < notBefore ? time.GetElapsedTime(now, notBefore) : TimeSpan.Zero;
        }
    }

    /// <summary>An attempt has failed. The venue's answer may stand inside the word that the attempt was given up while it was read.</summary>
    public void Note(Exception error, ReconnectOptions? options)
    {
        if ((error as HandshakeException ?? error.InnerException as HandshakeException) is not { RetryAfter: { } asked } answer || LossKinds.KindOf(answer) != LossKind.Throttled)
        {
            return;
        }

        TimeSpan most = (options ?? new ReconnectOptions()).MaxRetryAfter;
        long end = time.GetTimestamp() + (long)((asked < most ? asked : most).TotalSeconds * time.TimestampFrequency);

        // Two attempts may be told two times; the later one counts.
        for (long known = Volatile.Read(ref _notBefore); end > known;)
        {
            long seen = Interlocked.CompareExchange(ref _notBefore, end, known);
            known = seen == known ? long.MaxValue : seen;
        }
    }

    /// <exception cref="EndpointsUnavailableException">Nobody may ask now; it tells for how long.</exception>
    public void ThrowIfClosed(Endpoint endpoint)
    {
        TimeSpan left = Left;
        if (left > TimeSpan.Zero)
        {
            throw new EndpointsUnavailableException(FormattableString.Invariant($"{endpoint} is left alone for {left.TotalSeconds:0.###} s as the venue asked"), left);
        }
    }
}
