using System;

namespace PerfConn.Framing;

/// <summary>The framing of one connection.</summary>
/// <typeparam name="TParser">Its parser.</typeparam>
public sealed class FramingSession<TParser> : FramingSession
    where TParser : struct, IFrameParser
{
    private readonly TParser _parser;

    /// <summary>Makes a session.</summary>
    /// <param name="parser">As it stands before the first byte. The receive loop takes a copy and disposes that.</param>
    /// <param name="encoder">Used by this connection only.</param>
    /// <param name="hasControlFrames">See <see cref="MessageFraming.HasControlFrames"/>.</param>
    public FramingSession(TParser parser, IFrameEncoder encoder, bool hasControlFrames)
        : base(encoder, hasControlFrames)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _parser = parser;
    }

    internal override TResult Accept<TResult, TVisitor>(TVisitor visitor) => visitor.Visit(_parser);
}
