using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Framing.Delimited;

/// <summary>
/// Messages that end with a mark: text lines, for example. There is no escape, so a message cannot contain its delimiter. Default: a line feed.
/// </summary>
public sealed record DelimitedFraming : MessageFraming
{
    /// <summary>Longest delimiter in bytes.</summary>
    public const int MaxDelimiterSize = 4;

    /// <summary>The default: a line feed.</summary>
    public static DelimitedFraming Default { get; } = new();

    /// <summary>One to four bytes that end a frame and are not part of it; a frame that is only its delimiter is an empty message. Default: a line feed.</summary>
    public ReadOnlyMemory<byte> Delimiter
    {
        get;
        init => field = value.Length is >= 1 and <= MaxDelimiterSize
            ? value.ToArray()
            : throw new ArgumentOutOfRangeException(nameof(value), value.Length, "Delimiter must be from 1 to 4 bytes.");
    } = new byte[] { (byte)'\n' };

    /// <inheritdoc/>
    public override ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return new ValueTask<FramingSession>(
            new FramingSession<DelimitedParser>(new DelimitedParser(this, opening.Limits), new DelimitedEncoder(this), hasControlFrames: false));
    }

    /// <summary>Whether the delimiters are the same bytes.</summary>
    public bool Equals(DelimitedFraming? other) => other is not null && Delimiter.Span.SequenceEqual(other.Delimiter.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Delimiter.Span);
        return hash.ToHashCode();
    }
}
