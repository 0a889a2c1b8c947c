using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Framing;

/// <summary>The framing of one connection: its parser, its encoder, and what it has agreed with the peer.</summary>
public abstract class FramingSession
{
    private protected FramingSession(IFrameEncoder encoder, bool hasControlFrames)
    {
        Encoder = encoder;
        HasControlFrames = hasControlFrames;
    }

    /// <summary>Writes the connection's outgoing messages.</summary>
    internal IFrameEncoder Encoder { get; }

    /// <summary>Whether pings are answered, and the line says goodbye by a Close frame.</summary>
    internal bool HasControlFrames { get; }

    /// <summary>What the parser inflates compressed messages with, for its counts; null where compression was not agreed on. Goes with the parser.</summary>
    internal MessageInflater? Inflater { get; init; }

    /// <summary>
    /// Hands the parser, as the struct it is, to who will drive it: the one virtual call of a connection, so that there is none per read or message.
    /// </summary>
    internal abstract TResult Accept<TResult, TVisitor>(TVisitor visitor)
        where TVisitor : struct, IParserVisitor<TResult>;
}
