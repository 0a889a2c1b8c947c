using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PerfConn.Framing.WebSocket;
using PerfConn.SimulationTests.Checks;

namespace PerfConn.SimulationTests.Venue;

/// <content>What the venue is asked for, and how it answers: in time, late, twice or never.</content>
internal sealed partial class VenueSession
{
    private void OnUpgrade(string head)
    {
        VenueHabits habits = _venue.Habits;
        int fate = _venue.Chance.Below(100);
        if (fate < habits.Throttled)
        {
            Refuse("429 Too Many Requests", 1 + _venue.Chance.Below(20));
        }
        else if ((fate -= habits.Throttled) < habits.Unavailable)
        {
            bool isBusy = _venue.Chance.OneIn(2);
            Refuse(isBusy ? "503 Service Unavailable" : "500 Internal Server Error", isBusy ? 1 + _venue.Chance.Below(10) : 0);
        }
        else if (fate - habits.Unavailable < habits.Dropped)
        {
            if (_venue.Chance.OneIn(2))
            {
                Cut("instead of an upgrade");
            }
        }
        else
        {
            Upgrade(head);
        }
    }

    private void Refuse(string status, int retryAfter)
    {
        _venue.World.Trace.Note("refused", _connection.Number, retryAfter, status);
        string hint = retryAfter > 0 ? $"Retry-After: {retryAfter}\r\n" : "";
        byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{hint}Content-Length: 0\r\nConnection: close\r\n\r\n");
        _connection.SendDown(answer, () =>
        {
            if (retryAfter > 0)
            {
                _venue.Network.OnAskedToWait(Address, TimeSpan.FromSeconds(retryAfter));
            }
        });
        End(isReset: false);
    }

    private void Upgrade(string head)
    {
        _isUpgraded = true;
        int at = head.IndexOf("Sec-WebSocket-Key: ", StringComparison.Ordinal) + "Sec-WebSocket-Key: ".Length;
        string key = head[at..head.IndexOf('\r', at)];
        SendRaw(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ClientHandshake.AcceptFor(key) + "\r\n\r\n"));
        PingLater();
        if (_venue.Habits.SessionLife is { } life)
        {
            _venue.World.Time.Schedule(life, () =>
            {
                if (_venue.Habits.SessionLife is not null)
                {
                    Cut("session life");
                }
            });
        }
    }

    private void OnRequest(ReadOnlySpan<byte> message)
    {
        if (_isClosing)
        {
            return;
        }

        using JsonDocument request = JsonDocument.Parse(message.ToArray());
        JsonElement root = request.RootElement;
        string method = root.GetProperty("method").GetString()!;
        long id = root.GetProperty("id").GetInt64();
        VenueHabits habits = _venue.Habits;
        int count = root.TryGetProperty("params", out JsonElement names) ? names.GetArrayLength() : 0;
        _venue.World.Trace.Note("request", _connection.Number, id, method);
        if (_venue.Chance.Percent(habits.IgnoredRequests))
        {
            _venue.World.Trace.Note("ignored", _connection.Number, id);
            return;
        }

        string result = "null";
        if (method == "LIST_SUBSCRIPTIONS")
        {
            result = JsonSerializer.Serialize(Streams);
        }
        else if (FirstUnknown(names) is { } unknown)
        {
            Answer(id, $$$"""{"error":{"code":2,"msg":"Invalid request: unknown stream {{{unknown}}}"},"id":{{{id}}}}""");
            return;
        }
        else
        {
            Carry(method == "SUBSCRIBE", names);
        }

        Answer(id, $$"""{"result":{{result}},"id":{{id.ToString(CultureInfo.InvariantCulture)}}}""");
    }

    private string? FirstUnknown(JsonElement names)
    {
        foreach (JsonElement name in names.EnumerateArray())
        {
            if (_venue.Market.Find(name.GetString()!) is null)
            {
                return name.GetString();
            }
        }

        return null;
    }

    private void Carry(bool isSubscribe, JsonElement names)
    {
        foreach (JsonElement name in names.EnumerateArray())
        {
            string stream = name.GetString()!;
            _venue.World.Trace.Note(isSubscribe ? "subscribed" : "unsubscribed", _connection.Number, 0, stream);
            if (!isSubscribe)
            {
                Streams.Remove(stream);
            }
            else if (_venue.World.Planted != Planted.ForgottenStream || stream != "btcusdt@trade")
            {
                Streams.Add(stream);
            }
        }
    }

    private void Answer(long id, string reply)
    {
        VenueHabits habits = _venue.Habits;
        byte[] bytes = Encoding.ASCII.GetBytes(reply);
        int fate = _venue.Chance.Below(100);
        if (fate < habits.LostAcks)
        {
            _venue.World.Trace.Note("ack lost", _connection.Number, id);
            return;
        }

        fate -= habits.LostAcks;
        if (fate < habits.LateAcks)
        {
            TimeSpan late = _venue.Chance.Between(100, 8000);
            _venue.World.Trace.Note("ack late", _connection.Number, id);
            _venue.World.Time.Schedule(late, () =>
            {
                if (IsOpen && !_isClosing)
                {
                    Send(1, bytes);
                }
            });
            return;
        }

        Send(1, bytes);
        if (fate - habits.LateAcks < habits.RepeatedAcks)
        {
            Send(1, bytes);
        }
    }
}
