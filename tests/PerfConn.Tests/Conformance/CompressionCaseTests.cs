using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.WebSockets;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Conformance;

/// <summary>
/// The 216 cases with compression of the Autobahn list: RELIABILITY D02. Each runs over the socket transport and over the framework's client, which can do all of them. A
/// case is right when every message comes back as it was, in order and under the terms, and the server's Close 1000 is answered with 1000.
/// </summary>
public sealed class CompressionCaseTests
{
    private static readonly Dictionary<string, CompressionCase> s_cases = CompressionCases.All.ToDictionary(c => c.Id, StringComparer.Ordinal);

    public static TheoryData<string, bool> Runs()
    {
        var data = new TheoryData<string, bool>();
        foreach (string id in s_cases.Keys)
        {
            data.Add(id, false);
            data.Add(id, true);
        }

        return data;
    }

    [Fact]
    public void The_list_is_whole()
    {
        Assert.Equal(216, s_cases.Count);
        string[] groups = [.. s_cases.Keys.Select(id => id[..id.LastIndexOf('.')]).Distinct()];
        Assert.Equal(["12.1", "12.2", "12.3", "12.4", "12.5", "13.1", "13.2", "13.3", "13.4", "13.5", "13.6", "13.7"], groups);
        Assert.All(groups, group => Assert.Equal(Enumerable.Range(1, 18), s_cases.Keys.Where(id => id.StartsWith(group + ".", StringComparison.Ordinal)).Select(id => int.Parse(id.Split('.')[2], null))));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Case(string id, bool isFramework)
    {
        CompressionCase script = s_cases[id];

        (string close, LineEnd end) = await CompressionPeer.MeetAsync(script, Transport(script.Offer, isFramework), Framing(script.Offer, isFramework));

        Assert.Equal(("close 1000", 1000, LineEndCause.Closed), (close, end.CloseCode, end.Cause));
    }

    /// <summary>
    /// Windows that the list does not ask for. Eight bits are right by RFC 7692 and zlib cannot do them for raw data: this library then sends what is longer than the
    /// window as it is; the framework's client refuses the answer. Fewer, more, or no number at all is refused by both.
    /// </summary>
    [Theory]
    [InlineData("client_max_window_bits=8", false, true)]
    [InlineData("server_max_window_bits=8", false, true)]
    [InlineData("client_max_window_bits=8", true, false)]
    [InlineData("server_max_window_bits=8", true, false)]
    [InlineData("client_max_window_bits=7", false, false)]
    [InlineData("server_max_window_bits=7", false, false)]
    [InlineData("client_max_window_bits=7", true, false)]
    [InlineData("server_max_window_bits=7", true, false)]
    [InlineData("client_max_window_bits=16", false, false)]
    [InlineData("server_max_window_bits=16", false, false)]
    [InlineData("client_max_window_bits=16", true, false)]
    [InlineData("server_max_window_bits=16", true, false)]
    [InlineData("client_max_window_bits=09", false, false)]
    [InlineData("client_max_window_bits", false, false)]
    [InlineData("server_max_window_bits", false, false)]
    public async Task A_window_outside_the_list_is_used_or_refused(string terms, bool isFramework, bool isUsed)
    {
        var offer = new DeflateOptions { CompressSent = true, MinimumSize = 1 };
        foreach (int size in isUsed ? (int[])[64, 4096] : [64])
        {
            var script = new CompressionCase(terms, CompressionData.Json, size, 0, offer, "permessage-deflate; " + terms);
            if (isUsed)
            {
                (string close, _) = await CompressionPeer.MeetAsync(script, Transport(offer, isFramework), Framing(offer, isFramework));
                Assert.Equal("close 1000", close);
            }
            else
            {
                await CompressionPeer.RefuseAsync(script, Transport(offer, isFramework), Framing(offer, isFramework));
            }
        }
    }

    private static ITransportFactory Transport(DeflateOptions offer, bool isFramework) => isFramework
        ? new ClientWebSocketTransportFactory(new ClientWebSocketTransportOptions
        {
            Deflate = new WebSocketDeflateOptions { ServerContextTakeover = offer.ServerContextTakeover, ServerMaxWindowBits = offer.ServerMaxWindowBits },
        })
        : new SocketTransportFactory();

    private static WebSocketFraming Framing(DeflateOptions offer, bool isFramework) => isFramework ? WebSocketFraming.Default : new WebSocketFraming { Deflate = offer };
}
