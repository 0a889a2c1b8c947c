using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Framing;

/// <summary>
/// A framing without an opening handshake: a parser and an encoder. Derive yours from it, as a record whose properties are its settings.
/// </summary>
/// <typeparam name="TParser">The parser; a struct, so that the receive loop and it compile into one.</typeparam>
public abstract record MessageFraming<TParser> : MessageFraming
    where TParser : struct, IFrameParser
{
    /// <summary>Makes the parser of a new connection.</summary>
    /// <param name="limits">What it shall accept at most; to be held against every length from the wire before it is used.</param>
    protected abstract TParser CreateParser(FrameLimits limits);

    /// <summary>Makes the encoder of a new connection.</summary>
    protected abstract IFrameEncoder CreateEncoder();

    /// <inheritdoc/>
    /// <remarks>Override it for a logon on the raw bytes; the base gives parser and encoder.</remarks>
    public override ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return new ValueTask<FramingSession>(new FramingSession<TParser>(CreateParser(opening.Limits), CreateEncoder(), HasControlFrames));
    }
}
