using System;

namespace PerfConn.Framing.Delimited;

/// <summary>What ends each frame of a stream whose frames end with a mark. Default: a line feed.</summary>
public sealed record DelimitedOptions
{
    /// <summary>Longest delimiter in bytes.</summary>
    public const int MaxDelimiterSize = 4;

    /// <summary>The default: a line feed.</summary>
    public static DelimitedOptions Default { get; } = new();

    /// <summary>One to four bytes that end a frame and are not part of it; a frame that is only its delimiter is an empty message. Default: a line feed.</summary>
    public ReadOnlyMemory<byte> Delimiter
    {
        get;
        init => field = value.Length is >= 1 and <= MaxDelimiterSize
            ? value.ToArray()
            : throw new ArgumentOutOfRangeException(nameof(value), value.Length, "Delimiter must be from 1 to 4 bytes.");
    } = new byte[] { (byte)'\n' };

    /// <summary>Whether the delimiters are the same bytes.</summary>
    public bool Equals(DelimitedOptions? other) => other is not null && Delimiter.Span.SequenceEqual(other.Delimiter.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Delimiter.Span);
        return hash.ToHashCode();
    }
}
