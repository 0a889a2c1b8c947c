using System;
using PerfConn.Framing;

namespace PerfConn.Connections.Managing;

/// <summary>A request on its way through the middleware. Belongs to one call.</summary>
public sealed class RequestContext
{
    internal RequestContext(ConnectionId connection, ReadOnlyMemory<byte> payload, TimeSpan timeout)
    {
        Connection = connection;
        Payload = payload;
        Timeout = timeout;
    }

    /// <summary>The connection that it is sent on.</summary>
    public ConnectionId Connection { get; }

    /// <summary>The request, without its number. May be changed before it is sent.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    /// <summary>How long it may take. May be changed before it is sent.</summary>
    public TimeSpan Timeout { get; set; }

    /// <summary>From handing it to the connection to its reply or its failure; zero before.</summary>
    public TimeSpan Elapsed { get; internal set; }

    /// <summary>The subscription that it asks for; null for most.</summary>
    internal SharedSubscription? Subscription { get; init; }

    /// <summary>The connection of the line that it makes sense on: what is asked for again after a drop, or forgotten, is of no use on the next one. Null for any.</summary>
    internal FrameSender? Meant { get; init; }

    /// <summary>Whether its time begins only when its turn in the venue's budget has come.</summary>
    internal bool IsPatient { get; init; }
}
