using System;
using System.Linq;
using PerfConn.Connections;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Connections;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>The negotiation of permessage-deflate, RFC 7692 section 7.1 (CVE-2026-2229, RELIABILITY B43).</summary>
public class DeflateOfferTests
{
    private static readonly DeflateOptions s_everything = new()
    {
        ServerContextTakeover = false,
        ClientContextTakeover = false,
        ServerMaxWindowBits = 10,
        ClientMaxWindowBits = 9,
    };

    [Fact]
    public void An_offer_names_what_differs_from_the_default()
    {
        Assert.Equal("permessage-deflate; client_max_window_bits", DeflateOffer.Create(new DeflateOptions()));
        Assert.Equal("permessage-deflate", DeflateOffer.Create(new DeflateOptions { ClientMaxWindowBits = null }));
        Assert.Equal(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
            DeflateOffer.Create(s_everything));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(14)]
    public void A_window_is_offered_without_a_leading_zero(int bits) => Assert.Equal(
        $"permessage-deflate; server_max_window_bits={bits}; client_max_window_bits={bits}",
        DeflateOffer.Create(new DeflateOptions { ServerMaxWindowBits = bits, ClientMaxWindowBits = bits }));

    [Fact]
    public void No_answer_declines()
    {
        Assert.Null(DeflateOffer.TryAccept(new DeflateOptions(), null, out DeflateAgreement? agreement));
        Assert.Null(agreement);
    }

    [Theory]
    [InlineData("permessage-deflate", true, true, 15, 15)]
    [InlineData("  permessage-deflate\t", true, true, 15, 15)]
    [InlineData("permessage-deflate; server_no_context_takeover", false, true, 15, 15)]
    [InlineData("permessage-deflate; client_no_context_takeover", true, false, 15, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=8", true, true, 8, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=15", true, true, 15, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=8", true, true, 15, 8)]
    [InlineData("permessage-deflate; client_max_window_bits=15", true, true, 15, 15)]
    [InlineData("permessage-deflate;client_max_window_bits=12;server_no_context_takeover;server_max_window_bits=11;client_no_context_takeover", false, false, 11, 12)]
    [InlineData("permessage-deflate ; server_max_window_bits = \"10\" ; client_max_window_bits=\"\\1\\1\"", true, true, 10, 11)]
    public void An_answer_within_the_default_offer_is_accepted(string answer, bool serverTakeover, bool clientTakeover, int serverBits, int clientBits)
    {
        Assert.Null(DeflateOffer.TryAccept(new DeflateOptions(), answer, out DeflateAgreement? agreement));
        Assert.Equal(new DeflateAgreement(serverTakeover, clientTakeover, serverBits, clientBits), agreement);
    }

    [Theory]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=10", 10, 9)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=8; client_max_window_bits=8", 8, 8)]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9", 9, 9)]
    public void What_this_side_offered_for_itself_holds_whatever_the_answer_says(string answer, int serverBits, int clientBits)
    {
        Assert.Null(DeflateOffer.TryAccept(s_everything, answer, out DeflateAgreement? agreement));
        Assert.Equal(new DeflateAgreement(false, false, serverBits, clientBits), agreement);
    }

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=11")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10")]
    public void An_answer_that_passes_over_what_was_asked_is_refused(string answer) => AssertRefused(s_everything, answer);

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData(",")]
    [InlineData("foo")]
    [InlineData("Permessage-Deflate")]
    [InlineData("permessage-deflat")]
    [InlineData("permessage-deflate2")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-bzip2; server_max_window_bits=10")]
    [InlineData("foo, permessage-deflate")]
    [InlineData("permessage-deflate, foo")]
    [InlineData("permessage-deflate, permessage-deflate")]
    [InlineData("permessage-deflate,")]
    [InlineData(", permessage-deflate")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; ;server_no_context_takeover")]
    [InlineData("permessage-deflate server_no_context_takeover")]
    [InlineData("permessage-deflate=1")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=10")]
    [InlineData("permessage-deflate; Server_No_Context_Takeover")]
    [InlineData("permessage-deflate; mux; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; client_no_context_takeover=\"x\"")]
    [InlineData("permessage-deflate; server_no_context_takeover=")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=0")]
    [InlineData("permessage-deflate; server_max_window_bits=1000")]
    [InlineData("permessage-deflate; server_max_window_bits=4294967306")]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999999999999999")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=-9")]
    [InlineData("permessage-deflate; server_max_window_bits=9.0")]
    [InlineData("permessage-deflate; server_max_window_bits=0x9")]
    [InlineData("permessage-deflate; server_max_window_bits=1 0")]
    [InlineData("permessage-deflate; server_max_window_bits=abc")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10")]
    [InlineData("permessage-deflate; server_max_window_bits=10\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\" 10\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10\"1")]
    [InlineData("permessage-deflate; server_max_window_bits='10'")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\\")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    public void Everything_else_is_refused(string answer)
    {
        AssertRefused(new DeflateOptions(), answer);
        AssertRefused(null, answer);
    }

    [Fact]
    public void A_window_for_this_side_is_refused_where_it_was_not_offered()
    {
        AssertRefused(new DeflateOptions { ClientMaxWindowBits = null }, "permessage-deflate; client_max_window_bits=10");
        Assert.Null(DeflateOffer.TryAccept(new DeflateOptions { ClientMaxWindowBits = null }, "permessage-deflate; client_no_context_takeover", out _));
    }

    [Fact]
    public void Any_extension_is_refused_when_none_was_offered() => AssertRefused(null, "permessage-deflate");

    [Fact]
    public void Every_window_up_to_the_offered_one_is_accepted_and_none_above()
    {
        foreach (int offered in Enumerable.Range(8, 8))
        {
            var options = new DeflateOptions { ServerMaxWindowBits = offered, ClientMaxWindowBits = offered };
            foreach (int chosen in Enumerable.Range(0, 20))
            {
                string server = $"permessage-deflate; server_max_window_bits={chosen}";
                string client = $"permessage-deflate; server_max_window_bits={offered}; client_max_window_bits={chosen}";
                bool isWithin = chosen >= 8 && chosen <= offered;
                Assert.Equal(isWithin, DeflateOffer.TryAccept(options, server, out _) is null);
                Assert.Equal(isWithin, DeflateOffer.TryAccept(options, client, out _) is null);
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(-1)]
    public void A_window_that_does_not_exist_cannot_be_offered(int bits)
    {
        Assert.Equal(["Framing.Deflate.ServerMaxWindowBits"], WrongIn(new DeflateOptions { ServerMaxWindowBits = bits }));
        Assert.Equal(["Framing.Deflate.ClientMaxWindowBits"], WrongIn(new DeflateOptions { ClientMaxWindowBits = bits }));
    }

    [Fact]
    public void A_minimum_of_nothing_is_refused() =>
        Assert.Equal(["Framing.Deflate.MinimumSize"], WrongIn(new DeflateOptions { MinimumSize = 0 }));

    private static string[] WrongIn(DeflateOptions deflate) => WrongOptions.In(new LineOptions { Framing = new WebSocketFraming { Deflate = deflate } });

    private static void AssertRefused(DeflateOptions? options, string answer)
    {
        Assert.NotNull(DeflateOffer.TryAccept(options, answer, out DeflateAgreement? agreement));
        Assert.Null(agreement);
    }
}
