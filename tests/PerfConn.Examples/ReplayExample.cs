using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Transport;

namespace PerfConn.Examples;

/// <summary>A recording of netstrings through a line, to its end.</summary>
public static class ReplayExample
{
    public static async Task<LineEnd> RunAsync<THandler>(string path, THandler handler)
        where THandler : ITickHandler
    {
        var venue = new Venue<PriceProtocol> { Name = "recorded", Endpoint = Endpoint.Parse("tcp://recording.example:1") };
        var options = new LineOptions
        {
            Framing = new NetstringFraming(),
            Transport = new ReplayTransportFactory(path),
            Reconnect = null, // A recording that has ended is not begun again.
        };
        await using Line line = await Line.ConnectAsync(venue, handler, options);
        return await line.Completion;
    }
}
