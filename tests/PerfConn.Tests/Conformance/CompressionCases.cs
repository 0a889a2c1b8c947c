using System.Collections.Generic;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Tests.Conformance;

/// <summary>
/// Groups 12 and 13 of the list, 216 cases. Each subgroup has the same 18 shapes; the subgroups of 12 differ in their data under the plain offer, those of 13 in what
/// client and server agree on, with the data of 12.1.
/// </summary>
/// <remarks>
/// The list names a client's offers and a server's answers, and plays one of the two. Against a client it plays the server, and its answers speak of the client's side alone
/// (<c>client_no_context_takeover</c>, <c>client_max_window_bits</c>). Here the client also offers what the list's own client would, so that the same terms hold for what the
/// server sends. Of the three offers of 13.7 the first can be made, and is what its server takes; one handshake of this library makes one offer.
/// </remarks>
internal static class CompressionCases
{
    /// <summary>Size and frame size of shapes 1 to 18.</summary>
    private static readonly (int Size, int FrameSize)[] s_shapes =
    [
        (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16_384, 0), (32_768, 0), (65_536, 0), (131_072, 0),
        (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256), (131_072, 1024), (131_072, 4096), (131_072, 32_768),
    ];

    /// <summary>No context takeover and window bits, each way; 0 where the terms say nothing of the window.</summary>
    private static readonly (bool NoTakeover, int Bits)[] s_terms = [(false, 0), (true, 0), (false, 9), (false, 15), (true, 9), (true, 15), (true, 9)];

    public static IEnumerable<CompressionCase> All => [.. Twelve(), .. Thirteen()];

    private static IEnumerable<CompressionCase> Twelve()
    {
        for (int data = 0; data < 5; data++)
        {
            for (int shape = 0; shape < s_shapes.Length; shape++)
            {
                yield return Of($"12.{data + 1}.{shape + 1}", (CompressionData)data, shape, (false, 0));
            }
        }
    }

    private static IEnumerable<CompressionCase> Thirteen()
    {
        for (int terms = 0; terms < s_terms.Length; terms++)
        {
            for (int shape = 0; shape < s_shapes.Length; shape++)
            {
                yield return Of($"13.{terms + 1}.{shape + 1}", CompressionData.Json, shape, s_terms[terms]);
            }
        }
    }

    private static CompressionCase Of(string id, CompressionData data, int shape, (bool NoTakeover, int Bits) terms)
    {
        var offer = new DeflateOptions
        {
            CompressSent = true,
            MinimumSize = 1,
            ServerContextTakeover = !terms.NoTakeover,
            ServerMaxWindowBits = terms.Bits == 0 ? 15 : terms.Bits,
        };
        string answer = "permessage-deflate"
            + (terms.NoTakeover ? "; server_no_context_takeover; client_no_context_takeover" : "")
            + (terms.Bits == 0 ? "" : $"; server_max_window_bits={terms.Bits}; client_max_window_bits={terms.Bits}");
        return new CompressionCase(id, data, s_shapes[shape].Size, s_shapes[shape].FrameSize, offer, answer);
    }
}
