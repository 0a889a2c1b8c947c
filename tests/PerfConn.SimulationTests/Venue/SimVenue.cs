using System;
using System.Collections.Generic;
using PerfConn.Framing.WebSocket;
using PerfConn.SimulationTests.Network;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Venue;

/// <summary>A venue that speaks Binance's protocol behind one or two hosts: one market, and a session for each connection.</summary>
internal sealed class SimVenue
{
    private int _quoteIds;
    private readonly WebSocketFrameEncoder _encoder = new(keys: null);

    public SimVenue(World world)
    {
        World = world;
        Chance = world.Chance.Fork();
        Market = new Market(world.Chance.Fork());
        Network = new SimNetwork(world, Accept);
        Withheld = new Withheld(world);
    }

    public World World { get; }

    public Chance Chance { get; }

    public Market Market { get; }

    public SimNetwork Network { get; }

    public VenueHabits Habits { get; } = new();

    public Withheld Withheld { get; }

    /// <summary>Whose connections have to log in before they ask for anything.</summary>
    public HashSet<string> Accounts { get; } = new(StringComparer.Ordinal);

    /// <summary>Who notices when streams bring nothing: only from them are ticks kept without a word.</summary>
    public HashSet<string> Watchers { get; } = new(StringComparer.Ordinal);

    /// <summary>Connections that the venue believes to be open.</summary>
    public List<VenueSession> Sessions { get; } = [];

    /// <summary>Publishes one tick of a stream to all who have subscribed to it.</summary>
    public void Publish(MarketStream stream)
    {
        byte[]? frame = null;
        byte[] message = stream.Publish();
        foreach (VenueSession session in Sessions)
        {
            if (!session.Streams.Contains(stream.Name))
            {
                continue;
            }

            if (session.IsStarved(stream.Name))
            {
                Withheld.Add(session.Address.Query, stream.Name, stream.Count, session.Connection.StalledUntil);
            }
            else
            {
                session.SendRaw(frame ??= Frame(1, message));
            }
        }
    }

    /// <summary>Publishes one quote to all who are to get it.</summary>
    public void PublishQuote(MarketStream stream)
    {
        long count = stream.Skip();
        foreach (VenueSession session in Sessions)
        {
            session.SendQuote(stream.Name, count);
        }
    }

    /// <summary>Ids of quotes are never given twice.</summary>
    public int NextQuoteId() => ++_quoteIds;

    public byte[] Frame(byte opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[_encoder.MaxSize(payload.Length)];
        return frame.AsSpan(0, _encoder.Encode(frame, opcode, payload)).ToArray();
    }

    /// <summary>All sessions of a host, or of all hosts.</summary>
    public List<VenueSession> SessionsOf(string? host) => Sessions.FindAll(session => host is null || session.Address.Host == host);

    private VenueSession Accept(SimConnection connection, Uri address)
    {
        var session = new VenueSession(this, connection, address);
        Sessions.Add(session);
        return session;
    }
}
