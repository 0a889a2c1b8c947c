using System.Collections.Generic;

namespace PerfConn.Tests.Conformance;

/// <summary>One case: what the server sends, frame by frame, and what an echoing client answers.</summary>
/// <param name="Id">The number that the case has in the Autobahn list.</param>
/// <param name="Frames">The server's frames.</param>
/// <param name="Expected">The client's answers in order: messages echoed, pongs, and the Close with its code last.</param>
/// <param name="IsFast">Whether the client must answer before the last frame is sent: a bad byte is refused in the read that brings it.</param>
internal sealed record Case(string Id, IReadOnlyList<byte[]> Frames, IReadOnlyList<string> Expected, bool IsFast = false)
{
    public override string ToString() => Id;
}
