using System;
using System.Collections.Generic;
using System.Text;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Connections.Managing;

/// <summary>Settings of one connection of a <see cref="ConnectionManager"/>.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Where to connect to.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>
    /// Added to the query of the address, escaped, in this order: an application's id, a language. A query that the address has stays, and a pair with an empty value is left out.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Whether a lost connection is made again. Default: false.</summary>
    public bool AutoReconnect { get; init; }

    /// <summary>Attempts in a row to make a lost connection again; null for ever. Proof that the venue works starts the count over. Default: 5.</summary>
    public int? MaxRetries { get; init; } = 5;

    /// <summary>How requests and replies belong together. Default: JSON with a <c>req_id</c>.</summary>
    public IRequestProtocol Protocol { get; init; } = JsonRequestProtocol.ReqId;

    /// <summary>
    /// How long a request may take, from the call to the reply, its wait for a place in a budget (<see cref="Budgets"/>) included; what subscribes and what forgets waits for its place as long as that takes, and has this time
    /// from then on. Default: 10 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the venue allows the connection; the first that covers a request counts. Default: none, and nothing waits.</summary>
    public IReadOnlyList<RequestBudget> Budgets { get; init; } = [];

    /// <summary>Whether every message is told as an event (<see cref="Events.MessageSent"/>, <see cref="Events.MessageReceived"/>), which copies it. Default: false.</summary>
    public bool TellsMessages { get; init; }

    /// <summary>
    /// The line beneath: transport, limits, heartbeat, login, backoff. <see cref="AutoReconnect"/> and <see cref="MaxRetries"/> overrule its reconnect's presence and attempts.
    /// </summary>
    public LineOptions Line { get; init; } = new();

    /// <summary>Throws when the options cannot be used; names all that is wrong.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public void Validate()
    {
        var check = new OptionsCheck();
        Check(check);
        check.Throw();
    }

    internal void Check(OptionsCheck check)
    {
        check.NotNull(Endpoint)
            .NotNull(Query)
            .AtLeast(MaxRetries ?? 0, 0, nameof(MaxRetries))
            .NotNull(Protocol)
            .Between(RequestTimeout, TimeSpan.FromMilliseconds(1), Retry.LongestDelay)
            .NotNull(Budgets)
            .NotNull(Line)
            .Nested(Line, static (each, errors) => each.Check(errors));
        for (int i = 0; i < (Budgets?.Count ?? 0); i++)
        {
            check.NotNull(Budgets![i], FormattableString.Invariant($"Budgets[{i}]"))
                .Nested(Budgets[i], static (each, errors) => each.Check(errors), FormattableString.Invariant($"Budgets[{i}]"));
        }

        for (int i = 0; i < (Query?.Count ?? 0); i++)
        {
            check.That(!string.IsNullOrEmpty(Query![i].Key), FormattableString.Invariant($"Query[{i}] must have a key"));
        }
    }

    /// <summary>The endpoint with the query.</summary>
    internal Endpoint FullEndpoint()
    {
        var query = new StringBuilder(Endpoint.Url.Query.TrimStart('?'));
        foreach ((string key, string value) in Query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return query.Length == Endpoint.Url.Query.TrimStart('?').Length ? Endpoint : EndpointAt(new UriBuilder(Endpoint.Url) { Query = query.ToString() }.Uri);
    }

    /// <summary>What the line is opened with.</summary>
    internal LineOptions LineOptions() => Line with
    {
        Reconnect = AutoReconnect ? (Line.Reconnect ?? new ReconnectOptions()) with { MaxAttempts = MaxRetries } : null,
    };

    private Endpoint EndpointAt(Uri url) => new(url)
    {
        UnixSocket = Endpoint.UnixSocket,
        ReceiveMode = Endpoint.ReceiveMode,
        Idle = Endpoint.Idle,
        Headers = Endpoint.Headers,
        Subprotocols = Endpoint.Subprotocols,
    };
}
