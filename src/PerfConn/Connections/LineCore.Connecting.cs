using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <content>
/// The one way to a connection, for the owner, for a rotation and for a spare one alike: what one of them has been told by the venue holds for all. Lines with endpoints
/// (<see cref="LineOptions.Endpoints"/>) keep this there, and share it.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>Before this time, in ticks of the line's clock, the venue does not want to be asked.</summary>
    private long _notBefore = long.MinValue / 2;

    /// <summary>Connects as <see cref="LineConnector"/> does, but not while the venue has asked to be left alone.</summary>
    private async ValueTask<LineSession> ConnectAsync(LineEnd? lastEnd, CancellationToken cancellationToken)
    {
        TimeProvider time = _options.TimeProvider;
        for (long wait; (wait = Volatile.Read(ref _notBefore) - time.GetTimestamp()) > 0;)
        {
            // Rounded up to a millisecond: a timer that fires early would only wait again.
            double milliseconds = Math.Ceiling(wait * 1000.0 / time.TimestampFrequency);
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await LineConnector.ConnectAsync(Endpoint, _options, _venue.Limits, lastEnd, cancellationToken, ThrowIfUnwelcome).ConfigureAwait(false);
        }
        catch (HandshakeException e) when (_options.Endpoints is null && e.RetryAfter is { } asked && LossKinds.KindOf(e) == LossKind.Throttled)
        {
            TimeSpan most = _options.Reconnect?.MaxRetryAfter ?? new ReconnectOptions().MaxRetryAfter;
            double seconds = (asked < most ? asked : most).TotalSeconds;
            long end = time.GetTimestamp() + (long)(seconds * time.TimestampFrequency);

            // Two attempts may be told two times; the later one counts.
            for (long known = Volatile.Read(ref _notBefore); end > known;)
            {
                long seen = Interlocked.CompareExchange(ref _notBefore, end, known);
                known = seen == known ? long.MaxValue : seen;
            }

            throw;
        }
    }

    /// <summary>While an attempt waited for its turn among others (<see cref="LineOptions.ConnectRate"/>), another one of this line may have been sent away.</summary>
    private void ThrowIfUnwelcome()
    {
        TimeProvider time = _options.TimeProvider;
        long now = time.GetTimestamp();
        long notBefore = Volatile.Read(ref _notBefore);
        if (now < notBefore)
        {
            TimeSpan wait = time.GetElapsedTime(now, notBefore);
            throw new EndpointsUnavailableException(FormattableString.Invariant($"{Endpoint} is left alone for {wait.TotalSeconds:0.###} s as the venue asked"), wait);
        }
    }
}
