using System;
using System.Collections.Generic;
using PerfConn.Connections;
using PerfConn.Connections.Managing;

namespace PerfConn.Venues.Deriv;

/// <summary>A connection to Deriv, as its users know its settings.</summary>
public sealed record DerivOptions
{
    /// <summary>The venue's host, or a whole address. Default: <c>ws.derivws.com</c>.</summary>
    public string Endpoint { get; init; } = "ws.derivws.com";

    /// <summary>The application's id, which the venue asks everybody for; goes into the query as <c>app_id</c>.</summary>
    public required string AppId { get; init; }

    /// <summary>Language of the venue's texts; goes into the query as <c>l</c>. Default: EN.</summary>
    public string Language { get; init; } = "EN";

    /// <summary>Goes into the query as <c>brand</c>. Default: empty, and then left out.</summary>
    public string Brand { get; init; } = "";

    /// <summary>Whether a lost connection is made again. Default: false.</summary>
    public bool AutoReconnect { get; init; }

    /// <summary>Attempts in a row to make a lost connection again; null for ever. Default: 5.</summary>
    public int? MaxRetries { get; init; } = 5;

    /// <summary>What the venue allows the connection. Default: none, and nothing waits on this side; <see cref="DerivBudgets.Documented"/> is what the venue's page says.</summary>
    public IReadOnlyList<RequestBudget> Budgets { get; init; } = [];

    /// <summary>The line beneath.</summary>
    public LineOptions Line { get; init; } = new();

    /// <summary>These settings as a manager takes them.</summary>
    /// <exception cref="ArgumentException"><see cref="Endpoint"/> is no address.</exception>
    public ConnectionOptions ToConnection() => new()
    {
        Endpoint = PerfConn.Transport.Endpoint.Parse(Endpoint.Contains("://", StringComparison.Ordinal) ? Endpoint : $"wss://{Endpoint}/websockets/v3"),
        Query = [new("app_id", AppId), new("l", Language), new("brand", Brand)],
        AutoReconnect = AutoReconnect,
        MaxRetries = MaxRetries,
        Protocol = DerivProtocol.Instance,
        Budgets = Budgets,
        Line = Line,
    };
}
