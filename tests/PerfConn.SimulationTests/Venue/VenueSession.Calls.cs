using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace PerfConn.SimulationTests.Venue;

/// <content>The venue's second face: calls with a number and streams of quotes, in Deriv's manner.</content>
internal sealed partial class VenueSession
{
    /// <summary>Where calls are made; everywhere else streams are subscribed to.</summary>
    public const string CallsPath = "/calls";

    private readonly Dictionary<string, (string Name, long Request)> _quotes = new(StringComparer.Ordinal);

    /// <summary>The quotes that this connection gets.</summary>
    public IEnumerable<string> Quotes => _quotes.Values.Select(static quote => quote.Name);

    private bool TakesCalls => Address.AbsolutePath == CallsPath;

    public void SendQuote(string name, long count)
    {
        foreach ((string id, (string of, long request)) in _quotes)
        {
            if (of == name)
            {
                Send(1, Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $$"""{"msg_type":"tick","tick":{"symbol":"{{name}}","quote":{{count}}},"subscription":{"id":"{{id}}"},"req_id":{{request}}}""")));
            }
        }
    }

    private void OnCall(JsonElement call)
    {
        long id = call.GetProperty("req_id").GetInt64();
        _venue.World.Trace.Note("venue call", _connection.Number, id, call.GetRawText());
        if (_venue.Chance.Percent(_venue.Habits.IgnoredRequests))
        {
            _venue.World.Trace.Note("ignored", _connection.Number, id);
            return;
        }

        string number = id.ToString(CultureInfo.InvariantCulture);
        if (call.TryGetProperty("ticks", out JsonElement ticks))
        {
            Answer(id, $$"""{"msg_type":"tick",{{Join(ticks.GetString()!, id)}},"req_id":{{number}}}""");
        }
        else if (call.TryGetProperty("forget", out JsonElement forget))
        {
            bool isForgotten = _quotes.Remove(forget.GetString()!);
            Answer(id, $$"""{"msg_type":"forget","forget":{{(isForgotten ? 1 : 0)}},"req_id":{{number}}}""");
        }
        else if (call.TryGetProperty("forget_all", out _))
        {
            _quotes.Clear();
            Answer(id, $$"""{"msg_type":"forget_all","forget_all":[],"req_id":{{number}}}""");
        }
        else
        {
            Answer(id, $$"""{"msg_type":"echo","echo":{{call.GetProperty("echo").GetRawText()}},"req_id":{{number}}}""");
        }
    }

    /// <summary>The part of the answer that tells what came of it.</summary>
    private string Join(string name, long request)
    {
        if (_venue.Market.FindQuote(name) is null)
        {
            return $$"""
                "error":{"code":"InvalidSymbol","message":"Symbol {{name}} is invalid."}
                """;
        }

        if (Quotes.Contains(name))
        {
            return $$"""
                "error":{"code":"AlreadySubscribed","message":"You are already subscribed to {{name}}."}
                """;
        }

        string id = "s" + _venue.NextQuoteId().ToString(CultureInfo.InvariantCulture);
        if (_venue.World.Planted != Checks.Planted.ForgottenQuote)
        {
            _quotes.Add(id, (name, request));
        }

        return $$"""
            "subscription":{"id":"{{id}}"}
            """;
    }
}
