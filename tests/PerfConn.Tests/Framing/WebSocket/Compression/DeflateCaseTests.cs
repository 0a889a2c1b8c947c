using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>
/// Messages of five kinds of data and 18 shapes through deflater, frames, parser and inflater without a network, cut into random pieces, and under seven answers. The
/// Autobahn suite's own cases, on lines, are in <see cref="PerfConn.Tests.Conformance.CompressionCaseTests"/>.
/// </summary>
public sealed class DeflateCaseTests
{
    private const int Messages = 40;

    private static readonly (int Size, int FrameSize)[] s_shapes =
    [
        (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16_384, 0), (32_768, 0), (65_536, 0), (131_072, 0),
        (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256), (131_072, 1024), (131_072, 4096), (131_072, 32_768),
    ];

    public static TheoryData<string, int> Kinds()
    {
        var data = new TheoryData<string, int>();
        foreach (string kind in (string[])["json", "html", "text", "image", "lists"])
        {
            for (int i = 0; i < s_shapes.Length; i++)
            {
                data.Add(kind, i);
            }
        }

        return data;
    }

    /// <summary>Server and client context, server and client window, as seven answers settle them.</summary>
    public static TheoryData<string, bool, bool, int, int> Offers => new()
    {
        { "permessage-deflate", true, true, 15, 15 },
        { "permessage-deflate; server_no_context_takeover; client_no_context_takeover", false, false, 15, 15 },
        { "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9", true, true, 9, 9 },
        { "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15", true, true, 15, 15 },
        { "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9", false, false, 9, 9 },
        { "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15; client_max_window_bits=15", false, false, 15, 15 },
        { "permessage-deflate; server_no_context_takeover; client_max_window_bits=8", false, true, 15, 8 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Messages_of_every_kind_and_size_make_the_round(string kind, int shape)
    {
        (int size, int frameSize) = s_shapes[shape];
        AssertRound(kind, size, frameSize, Math.Clamp(400_000 / size, 3, Messages), new DeflateAgreement(true, true, 15, 15));
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void Every_offer_carries_every_kind(string answer, bool serverTakeover, bool clientTakeover, int serverBits, int clientBits)
    {
        Assert.Null(DeflateOffer.TryAccept(new DeflateOptions(), answer, out DeflateAgreement? agreement));
        Assert.Equal(new DeflateAgreement(serverTakeover, clientTakeover, serverBits, clientBits), agreement);
        foreach (string kind in (string[])["json", "html", "image"])
        {
            foreach ((int size, int frameSize) in s_shapes.Where((_, i) => i % 3 == 0))
            {
                AssertRound(kind, size, frameSize, 4, agreement!.Value);
            }
        }
    }

    /// <summary>Both ends are made the same way: what the client deflates the server inflates, and the other way round.</summary>
    private static void AssertRound(string kind, int size, int frameSize, int count, DeflateAgreement terms)
    {
        var random = new SplitMix((ulong)(size + frameSize + kind[0]));
        byte[][] messages = [.. Enumerable.Range(0, count).Select(i => Data(kind, size, i, random))];
        bool isText = kind != "image";
        string[] expected = [.. messages.Select(message => RecordingSink.Message(message, isText))];
        var limits = new FrameLimits { MaxMessageSize = 131_072 };
        byte[] sent = Send(messages, isText, frameSize, terms.ClientContextTakeover, terms.ClientMaxWindowBits, 0x01020304);
        byte[] echoed = Send(messages, isText, frameSize, terms.ServerContextTakeover, terms.ServerMaxWindowBits, mask: null);

        Assert.Equal(expected, Feeder.Feed(
            new WebSocketFrameParser<ServerRole>(limits, new MessageInflater(terms.ClientContextTakeover, terms.ClientMaxWindowBits, limits)),
            sent, Cuts.Random(sent.Length, random), Feeding.ContiguousReads).Events);
        Assert.Equal(expected, Feeder.Feed(
            new WebSocketFrameParser<ClientRole>(limits, new MessageInflater(terms.ServerContextTakeover, terms.ServerMaxWindowBits, limits)),
            echoed, Cuts.Random(echoed.Length, random), Feeding.SegmentedReads).Events);
    }

    private static byte[] Send(byte[][] messages, bool isText, int frameSize, bool keepsContext, int windowBits, uint? mask)
    {
        using var deflater = new MessageDeflater(keepsContext, windowBits, minimumSize: 1);
        byte opcode = isText ? Wire.Text : Wire.Binary;
        var frames = new List<byte[]>();
        foreach (byte[] message in messages)
        {
            frames.Add(deflater.TryDeflate(message, out ReadOnlySpan<byte> deflated)
                ? PeerDeflater.Frames(opcode, deflated.ToArray(), frameSize, mask)
                : Wire.Frame(opcode, message, mask));
        }

        return Wire.Join([.. frames]);
    }

    private static byte[] Data(string kind, int size, int index, SplitMix random)
    {
        if (kind == "image")
        {
            return [.. Enumerable.Range(0, size).Select(i => (byte)((i * (index + 1)) + random.Below(16)))];
        }

        var text = new StringBuilder();
        while (text.Length < size)
        {
            _ = kind switch
            {
                "json" => text.Append(CultureInfo.InvariantCulture, $$"""{"e":"trade","s":"S{{random.Below(300)}}USDT","p":"{{random.Below(99999)}}.10","q":"{{random.Below(999)}}"},"""),
                "html" => text.Append(CultureInfo.InvariantCulture, $"<tr class=\"row{random.Below(9)}\"><td>{random.Below(1000)}</td></tr>\n"),
                "lists" => text.Append((char)('a' + random.Below(26)), 1 + random.Below(40)).Append(' '),
                _ => text.Append(random.Pick("the ", "line ", "was ", "lost ", "and ", "came ", "back ", "again. ")),
            };
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }
}
