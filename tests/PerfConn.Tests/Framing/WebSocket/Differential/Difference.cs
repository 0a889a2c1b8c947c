using System;
using System.Collections.Generic;

namespace PerfConn.Tests.Framing.WebSocket.Differential;

/// <summary>A difference from the runtime's own client that is known, wanted, and has its reason in the RFC.</summary>
/// <param name="Name">What it is called where it is counted.</param>
/// <param name="Here">What this parser does.</param>
/// <param name="There">What <c>System.Net.WebSockets</c> does.</param>
/// <param name="Reason">Why.</param>
internal sealed record Difference(string Name, string Here, string There, string Reason)
{
    public static Difference ShortestForm { get; } = new(
        "shortest form", "a length that is not in its shortest form is refused, of a control frame too", "it is taken",
        "RFC 6455 section 5.2: the minimal number of bytes MUST be used; section 5.5: a control frame's length is at most 125");

    public static Difference Limit { get; } = new(
        "limit", "a message above the limit is refused on its header", "its bytes are waited for, however many",
        "RFC 6455 section 10.4: implementations with limits MUST protect themselves against exceeding them");

    public static Difference ToldSooner { get; } = new(
        "told sooner", "a fault is told with the byte that shows it", "more bytes are waited for, then it is refused too",
        "RFC 6455 sections 5.2, 5.5 and 8.1: such a frame or text fails the connection; none says to wait for the rest of it");

    public static Difference TextCutOff { get; } = new(
        "text cut off", "text whose last character is cut off by an empty final fragment is refused", "it is delivered, invalid as it is",
        "RFC 6455 sections 5.6 and 8.1: the whole message MUST be valid UTF-8");

    public static Difference NoCode { get; } = new(
        "no code", "a Close frame without a code is told as 1005", "it is told as 1000",
        "RFC 6455 section 7.1.5: without a code the close code is considered to be 1005");

    /// <summary>All that there are.</summary>
    public static IReadOnlyList<Difference> All { get; } = [ShortestForm, Limit, ToldSooner, TextCutOff, NoCode];
}
