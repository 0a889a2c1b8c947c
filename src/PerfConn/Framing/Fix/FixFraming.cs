using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Framing.Fix;

/// <summary>
/// FIX tag-value messages (FIX 4.0 to 5.0, FIXT 1.1): <c>8=FIX.4.4|9=length|...|10=checksum|</c> with SOH where the bars are. Strict: BeginString first,
/// BodyLength second, CheckSum last, all three verified.
/// </summary>
/// <remarks>
/// A received message is handed on whole, from its 8 to the SOH after its checksum. A message to be sent is a body, from its 35= to its last SOH; the
/// framing adds 8, 9 and 10. Sessions (logon, sequence numbers, heartbeats) are the protocol's, not the framing's.
/// </remarks>
public sealed record FixFraming : MessageFraming
{
    /// <summary>Longest BeginString in bytes.</summary>
    public const int MaxBeginStringSize = 16;

    /// <summary>The BeginString that is sent, and must be received: 1 to 16 printable ASCII characters. Default: FIX.4.4.</summary>
    public string BeginString
    {
        get;
        init => field = value is { Length: >= 1 and <= MaxBeginStringSize } && !value.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? value
            : throw new ArgumentException("BeginString must be 1 to 16 printable ASCII characters.", nameof(value));
    } = "FIX.4.4";

    /// <inheritdoc/>
    public override ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return new ValueTask<FramingSession>(
            new FramingSession<FixParser>(new FixParser(this, opening.Limits), new FixEncoder(this), hasControlFrames: false));
    }

    /// <summary>What every message begins with, up to the digits of its BodyLength.</summary>
    internal byte[] Prefix() => Encoding.ASCII.GetBytes($"8={BeginString}\u00019=");
}
