using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PerfConn.Simulator.Deriv;

/// <summary>What the venue answers.</summary>
internal static class DerivCalls
{
    private const decimal FirstQuote = 100m;

    public static void Answer(DerivSession session, ReadOnlySpan<byte> payload)
    {
        JsonObject? request;
        try
        {
            request = JsonNode.Parse(payload) as JsonObject;
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is null)
        {
            session.Post(Error(new JsonObject(), "error", "InputValidationFailed", "Input validation failed: not a JSON object"));
            return;
        }

        string kind = request.Select(field => field.Key)
            .FirstOrDefault(key => key is not ("req_id" or "passthrough" or "subscribe"), "");
        bool isMislaid = session.Venue.TryMislay(kind, out bool isCarriedOut);
        JsonObject[] answers = isMislaid && !isCarriedOut ? [] : [.. Answers(session, kind, request)];

        // Counted when it has been carried out and before anybody can have the answer: who waits for the count finds its effect.
        session.Venue.Count(kind);
        foreach (JsonObject message in isMislaid ? [] : answers)
        {
            session.Post(message);
        }
    }

    /// <summary>A message: the echo of the request in front, then what it is, then its content.</summary>
    public static JsonObject Envelope(JsonObject request, string kind, JsonNode? content)
    {
        var message = new JsonObject { ["echo_req"] = request.DeepClone(), ["msg_type"] = kind };
        if (request["req_id"] is { } id)
        {
            message["req_id"] = id.DeepClone();
        }

        if (content is not null)
        {
            message[kind] = content;
        }

        return message;
    }

    private static IEnumerable<JsonObject> Answers(DerivSession session, string kind, JsonObject request) => kind switch
    {
        "ping" => [Envelope(request, "ping", "pong")],
        "authorize" => [Authorize(session, request)],
        "buy" => [Buy(session, request)],
        "ticks" => Ticks(session, request),
        "forget" => [Envelope(request, "forget", session.End(Text(request["forget"])) ? 1 : 0)],
        "forget_all" => [Envelope(request, "forget_all", ForgetAll(session, Text(request["forget_all"])))],
        _ => [Error(request, "error", "UnrecognisedRequest", "Unrecognised request.")],
    };

    private static JsonObject Authorize(DerivSession session, JsonObject request)
    {
        session.IsAuthorized = session.Venue.Options.Tokens.Contains(Text(request["authorize"]), StringComparer.Ordinal);
        return session.IsAuthorized
            ? Envelope(Masked(request), "authorize", new JsonObject { ["loginid"] = "CR1", ["currency"] = "USD", ["balance"] = 10_000 })
            : Error(Masked(request), "authorize", "InvalidToken", "The token is invalid.");
    }

    /// <summary>The venue does not repeat a token.</summary>
    private static JsonObject Masked(JsonObject request)
    {
        var masked = (JsonObject)request.DeepClone();
        masked["authorize"] = "<not shown>";
        return masked;
    }

    private static JsonObject Buy(DerivSession session, JsonObject request)
    {
        if (!session.IsAuthorized)
        {
            return Error(request, "buy", "AuthorizationRequired", "Please log in.");
        }

        return request["price"] is JsonValue price && price.TryGetValue(out decimal amount)
            ? Envelope(request, "buy", new JsonObject { ["buy_price"] = amount, ["contract_id"] = session.Venue.NextId(), ["balance_after"] = 10_000 - amount })
            : Error(request, "buy", "InputValidationFailed", "Input validation failed: price");
    }

    private static IEnumerable<JsonObject> Ticks(DerivSession session, JsonObject request)
    {
        string[] symbols = request["ticks"] is JsonArray several ? [.. several.Select(Text)] : [Text(request["ticks"])];
        bool isStream = request["subscribe"] is JsonValue subscribe && subscribe.TryGetValue(out int one) && one == 1;
        foreach (string symbol in symbols)
        {
            if (!session.Venue.HasSymbol(symbol))
            {
                yield return Error(request, "tick", "InvalidSymbol", $"Symbol {symbol} is invalid.");
            }
            else if (!isStream)
            {
                JsonObject message = new DerivStream("", symbol, request).Message(FirstQuote);
                message.Remove("subscription");
                yield return message;
            }
            else if (session.Begin(symbol, request) is { } stream)
            {
                yield return stream.Message(FirstQuote);
            }
            else
            {
                yield return Error(request, "tick", "AlreadySubscribed", $"You are already subscribed to {symbol}.");
            }
        }
    }

    private static JsonArray ForgetAll(DerivSession session, string kind) =>
        kind == "ticks" ? [.. session.EndAll().Select(id => (JsonNode)id)] : [];

    private static JsonObject Error(JsonObject request, string kind, string code, string message)
    {
        JsonObject error = Envelope(request, kind, null);
        error["error"] = new JsonObject { ["code"] = code, ["message"] = message };
        return error;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
