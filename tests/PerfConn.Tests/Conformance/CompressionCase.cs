using System.Globalization;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Tests.Conformance;

/// <summary>One case of groups 12 and 13: so many compressed messages of one size, each echoed before the next one goes.</summary>
/// <param name="Id">The number that the case has in the Autobahn list.</param>
/// <param name="Data">What the messages are cut from.</param>
/// <param name="Size">Characters of a text message, bytes of a binary one.</param>
/// <param name="FrameSize">Longest payload of a frame, counted after compression; 0 for one frame a message.</param>
/// <param name="Offer">What the client offers.</param>
/// <param name="Answer">What the server answers.</param>
internal sealed record CompressionCase(string Id, CompressionData Data, int Size, int FrameSize, DeflateOptions Offer, string Answer)
{
    /// <summary>The list sends 1000 messages in each case, here 256 KiB and at least 4: it is the terms and shapes that differ, and a window of 15 bits is passed eight times.</summary>
    public int Count => int.Clamp(256 * 1024 / Size, 4, 200);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}: {Data}, {Count} messages of {Size} in frames of {FrameSize}, {Answer}");
}
