using System;
using PerfConn.Connections.Events;

namespace PerfConn.Connections;

/// <content>What the line tells of its life.</content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>Tells an event, if anybody listens. A listener that throws costs its own event and nothing else.</summary>
    private void Tell(LineEvent what)
    {
        if (_options.OnEvent is not { } listener)
        {
            return;
        }

        try
        {
            listener(what with { Line = Name, Generation = _machine.Generation, At = _options.TimeProvider.GetUtcNow() });
        }
        catch (Exception e)
        {
            ConnectionsLog.ListenerFailed(_options.Logger, e, Name);
        }
    }

    /// <summary>Who ended the line, as far as its end says.</summary>
    private CloseInitiator InitiatorOf(LineEnd end) => _closing.IsCancellationRequested
        ? CloseInitiator.User
        : end.Error is null ? CloseInitiator.Peer : CloseInitiator.Line;
}
