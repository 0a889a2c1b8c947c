using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing.WebSocket;
using PerfConn.Simulator.Sessions;

namespace PerfConn.Simulator;

/// <content>Faults on demand.</content>
public sealed partial class BinanceSimulator
{
    /// <summary>Cuts all open connections without a Close frame, as a failing network does.</summary>
    /// <returns>Completes when they have ended.</returns>
    public Task DropAllAsync()
    {
        Session[] sessions = _venue.Open();
        foreach (Session session in sessions)
        {
            session.Drop(DisconnectCause.DroppedByFault);
        }

        return Task.WhenAll(sessions.Select(static session => session.WhenEnded));
    }

    /// <summary>Cuts one connection without a Close frame.</summary>
    /// <param name="connection">Its number, from 1 in the order in which the connections opened.</param>
    /// <returns>Completes when it has ended; false when there is no such connection open.</returns>
    public async Task<bool> DropAsync(long connection)
    {
        if (Array.Find(_venue.Open(), session => session.Id == connection) is not { } session)
        {
            return false;
        }

        session.Drop(DisconnectCause.DroppedByFault);
        await session.WhenEnded.ConfigureAwait(false);
        return true;
    }

    /// <summary>Closes all open connections with a Close frame, and waits for the peers to answer; who does not is cut after a while.</summary>
    /// <param name="code">A code that may stand in a Close frame (RFC 6455 section 7.4). Default: 1001, going away.</param>
    /// <param name="reason">At most 123 bytes; what is longer is cut off. Default: none.</param>
    /// <param name="cancellationToken">Ends the wait, not the closing.</param>
    /// <returns>Completes when they have ended.</returns>
    public Task CloseAllAsync(int code = 1001, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!CloseFrame.MayBeSent(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "This code must not stand in a Close frame.");
        }

        Session[] sessions = _venue.Open();
        foreach (Session session in sessions)
        {
            session.Close(code, reason, DisconnectCause.ClosedByFault);
        }

        return Task.WhenAll(sessions.Select(static session => session.WhenEnded)).WaitAsync(cancellationToken);
    }

    /// <summary>Sends <c>{"e":"serverShutdown","E":…}</c> on all open connections: the venue is about to close them.</summary>
    /// <returns>Completes when it has been written.</returns>
    public Task AnnounceShutdownAsync()
    {
        string now = _venue.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        byte[] text = Encoding.ASCII.GetBytes($"{{\"e\":\"serverShutdown\",\"E\":{now}}}");
        return Task.WhenAll(_venue.Open().Select(session => session.SendTextAsync(text)));
    }

    /// <summary>Writes bytes as they are on all open connections, between two frames: for bad frames of every kind.</summary>
    /// <returns>Completes when they have been written.</returns>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes) =>
        Task.WhenAll(_venue.Open().Select(session => session.SendRawAsync(bytes.Span)));

    /// <summary>Holds back all ticks, on connections to come as well; answers and pings go on: a venue that is up but mute.</summary>
    /// <remarks>At most one batch per connection is still on its way when this returns.</remarks>
    public void PauseTicks() => _venue.Pause(isPaused: true);

    /// <summary>Lets ticks flow again. None is made up for.</summary>
    public void ResumeTicks() => _venue.Pause(isPaused: false);
}
