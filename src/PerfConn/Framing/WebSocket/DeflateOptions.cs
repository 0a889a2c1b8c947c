using PerfConn.Diagnostics;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// What is offered for permessage-deflate (RFC 7692). A server may decline, and messages then go as they are; an answer that goes beyond the offer fails the
/// handshake.
/// </summary>
/// <remarks>
/// Compression costs latency on both ends and some 70 KB a connection for receiving, 300 KB more for sending: worth it where the network is the bottleneck. It
/// leaks what is compressed together (CRIME), so what is sent stays uncompressed unless <see cref="CompressSent"/> is set. Checked when a line is opened.
/// </remarks>
public sealed record DeflateOptions
{
    /// <summary>Whether the server may refer to its earlier messages, which shrinks ticks to a third. False asks it not to. Default: true.</summary>
    public bool ServerContextTakeover { get; init; } = true;

    /// <summary>Whether this side refers to its own earlier messages; the server may forbid it. Default: true.</summary>
    public bool ClientContextTakeover { get; init; } = true;

    /// <summary>Largest window the server may use, as a power of two of bytes: 8 to 15. Default: 15, which asks for nothing.</summary>
    public int ServerMaxWindowBits { get; init; } = 15;

    /// <summary>
    /// Largest window this side uses, as a power of two of bytes: 8 to 15; the server may ask for a smaller one. Null does not let it ask. Default: 15.
    /// </summary>
    public int? ClientMaxWindowBits { get; init; } = 15;

    /// <summary>
    /// Whether messages that this side sends are compressed too. Do not where requests carry credentials: who can place text beside them and see sizes learns
    /// them. Default: false.
    /// </summary>
    public bool CompressSent { get; init; }

    /// <summary>Shorter messages are sent as they are, in bytes, at least 1. Default: 256, below which deflate data saves little.</summary>
    public int MinimumSize { get; init; } = 256;

    internal void Check(OptionsCheck check) => check
        .Between(ServerMaxWindowBits, 8, 15)
        .Between(ClientMaxWindowBits ?? 15, 8, 15, nameof(ClientMaxWindowBits))
        .AtLeast(MinimumSize, 1);
}
