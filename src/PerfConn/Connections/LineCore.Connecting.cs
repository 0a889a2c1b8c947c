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
    /// <summary>Made when the venue asks to be left alone; few do.</summary>
    private RetryAfterGate? _ownGate;

    private RetryAfterGate? Gate => _options.Gate ?? Volatile.Read(ref _ownGate);

    /// <summary>Connects as <see cref="LineConnector"/> does, but not while the venue has asked to be left alone.</summary>
    private async ValueTask<LineSession> ConnectAsync(LineEnd? lastEnd, CancellationToken cancellationToken)
    {
        for (TimeSpan left; (left = Gate?.Left ?? TimeSpan.Zero) > TimeSpan.Zero;)
        {
            // Rounded up to a millisecond: a timer that fires early would only wait again.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            // While an attempt waits for its turn among others (LineOptions.ConnectRate), another one of this line may be sent away.
            return await LineConnector.ConnectAsync(Endpoint, _options, _venue.Limits, lastEnd, cancellationToken, () => Gate?.ThrowIfClosed(Endpoint)).ConfigureAwait(false);
        }
        catch (Exception e) when (_options.Endpoints is null && (e as HandshakeException ?? e.InnerException) is HandshakeException)
        {
            if (Gate is null)
            {
                Interlocked.CompareExchange(ref _ownGate, new RetryAfterGate(_options.TimeProvider), null);
            }

            Gate!.Note(e, _options.Reconnect);
            throw;
        }
    }
}
