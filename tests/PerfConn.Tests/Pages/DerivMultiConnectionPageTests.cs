using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using PerfConn.Simulator.Deriv;
using PerfConn.Venues.Deriv;
using Xunit;

namespace PerfConn.Tests.Pages;

/// <summary>
/// "Multi-Connection Support in Python Deriv API": each code block of that page in C#, under the heading that it stands under, against the embedded simulator over a loopback socket.
/// </summary>
public sealed class DerivMultiConnectionPageTests : IAsyncDisposable
{
    private const string YourAppId = "1089";
    private const string DifferentAppId = "16929";

    private readonly DerivSimulator _venue = new();
    private readonly DerivApi _api = new(new ConnectionManager());

    private DerivOptions Deriv => new() { Endpoint = _venue.Url.AbsoluteUri, AppId = YourAppId };

    public async ValueTask DisposeAsync()
    {
        await Deadline.Within(_api.Connections.DisposeAsync().AsTask());
        await _venue.DisposeAsync();
    }

    [Fact]
    public async Task Basic_usage_creating_and_managing_connections()
    {
        // Create the API with a default connection
        ConnectionId first = await _api.ConnectAsync(Deriv);

        // Create an additional connection
        ConnectionId second = await _api.ConnectAsync(Deriv with { AutoReconnect = true });

        // Use the default connection
        JsonReply ping = await _api.PingAsync();

        // Use the second connection
        JsonReply ping2 = await _api.PingAsync(second);
        Assert.Equal((0, 1, 2, 2), (first.Value, second.Value, _venue.Connections, _venue.RequestsOf("ping")));
        Assert.True(ping.Fields.TryGetText("ping"u8, out ReadOnlySpan<byte> pong) && pong.SequenceEqual("pong"u8));
        Assert.Contains("pong", ping2.ToString(), StringComparison.Ordinal);

        // Disconnect specific connection
        await _api.DisconnectAsync(second);
        await Deadline.UntilAsync(() => _venue.Connections == 1, "the second to be gone");

        // Disconnect default connection
        await _api.DisconnectAsync();
        await Deadline.UntilAsync(() => _venue.Connections == 0, "the default to be gone");

        // Disconnect all connections
        await _api.DisconnectAllAsync();
        Assert.Equal(0, _api.Connections.Count);
    }

    [Fact]
    public async Task Basic_usage_subscribing_to_market_data_on_different_connections()
    {
        // Create a dedicated connection for market data
        await _api.ConnectAsync(Deriv);
        ConnectionId market = await _api.ConnectAsync(Deriv with { AutoReconnect = true });

        // Subscribe to ticks using the market connection
        ManagedSubscription ticks = await _api.SubscribeAsync("""{"ticks":"R_100"}""", market);

        // Handle tick data
        var quotes = new ConcurrentQueue<decimal>();
        var errors = new ConcurrentQueue<Exception>();
        var completed = new TaskCompletionSource();
        ticks.Subscribe(
            onNext: tick => quotes.Enqueue(QuoteOf(tick)),
            onError: errors.Enqueue,
            onCompleted: completed.SetResult);
        await _venue.TickAsync("R_100", 6424.05m);
        await Deadline.UntilAsync(() => quotes.Count == 2, "the tick");
        Assert.Equal([100m, 6424.05m], quotes);

        // Forget all subscriptions on the market connection
        JsonReply forgotten = await _api.ForgetAllAsync("ticks", market);
        await Deadline.Within(completed.Task);
        Assert.Equal((1, 0, 0), (_venue.RequestsOf("forget_all"), _venue.RequestsOf("forget"), _venue.StreamsOf("R_100")));
        Assert.Contains("forget_all", forgotten.ToString(), StringComparison.Ordinal);
        Assert.Empty(errors);
        await ticks.DisposeAsync();
        Assert.Equal(0, _venue.RequestsOf("forget"));
    }

    [Fact]
    public async Task Basic_usage_monitoring_connection_events_and_errors()
    {
        var errors = new ConcurrentQueue<string>();
        var events = new ConcurrentQueue<string>();

        // Monitor all connection errors
        using IDisposable monitoringErrors = _api.Connections.Errors.Subscribe(what => errors.Enqueue($"Error on connection {what.ConnectionId}: {what.GetType().Name}"));

        // Monitor all connection events
        using IDisposable monitoringEvents = _api.Connections.Events.Subscribe(what => events.Enqueue($"Event on connection {what.ConnectionId}: {what.GetType().Name}"));
        await _api.ConnectAsync(Deriv);
        ConnectionId second = await _api.ConnectAsync(Deriv);
        await Deadline.UntilAsync(() => events.Contains("Event on connection 1: LineConnected", StringComparer.Ordinal), "the second's event");
        Assert.Empty(errors);
        _venue.Cut();
        await Deadline.UntilAsync(() => errors.Contains("Error on connection 0: LineLost", StringComparer.Ordinal) && errors.Contains("Error on connection 1: LineLost", StringComparer.Ordinal), "the errors");
        Assert.Contains("Event on connection 0: LineConnected", events);
        Assert.Equal(1, second.Value);
    }

    [Fact]
    public async Task Advanced_usage_auto_reconnection()
    {
        ConnectionId id = await _api.ConnectAsync(Deriv with
        {
            AutoReconnect = true,
            MaxRetries = 5, // Maximum number of reconnection attempts
        });
        ConnectionOptions options = _api.Connections.Get(id).Options;
        Assert.Equal((true, (int?)5), (options.AutoReconnect, options.MaxRetries));
        Assert.Equal((false, (int?)5), (Deriv.AutoReconnect, Deriv.MaxRetries));
        var back = new TaskCompletionSource();
        using IDisposable monitoring = _api.Connections.Get(id).Events.Subscribe(what =>
        {
            if (what is LineReconnected)
            {
                back.SetResult();
            }
        });
        _venue.Cut();
        await Deadline.Within(back.Task);
        await _api.PingAsync(id);
    }

    [Fact]
    public async Task Advanced_usage_connection_specific_configuration()
    {
        await _api.ConnectAsync(Deriv);

        // Create a connection with different app_id
        await _api.ConnectAsync(Deriv with
        {
            AppId = DifferentAppId,
            Language = "FR", // Different language
            Brand = "binary", // Different brand
        });
        Assert.Equal(["/websockets/v3?app_id=1089&l=EN", "/websockets/v3?app_id=16929&l=FR&brand=binary"], _venue.Targets);
        Assert.Equal("wss://ws.derivws.com/websockets/v3", new DerivOptions { AppId = YourAppId }.ToConnection().Endpoint.Url.AbsoluteUri);
    }

    [Fact]
    public async Task Advanced_usage_optimizing_for_different_use_cases()
    {
        // Create a connection for high-frequency market data
        ConnectionId market = await _api.ConnectAsync(Deriv);

        // Create a connection for account operations
        ConnectionId account = await _api.ConnectAsync(Deriv);

        // Create a connection for trading operations
        ConnectionId trading = await _api.ConnectAsync(Deriv);

        // Subscribe to multiple market symbols on the market connection
        string[] symbols = ["R_100", "EURUSD", "GBPUSD"];
        var subscriptions = new List<ManagedSubscription>();
        foreach (string symbol in symbols)
        {
            subscriptions.Add(await _api.TicksAsync(symbol, market));
        }

        // Use the account connection for account-related operations
        JsonReply accountInfo = await _api.AuthorizeAsync("YOUR_API_TOKEN", account);
        Assert.True(accountInfo.FieldsOf("authorize"u8).TryGetText("loginid"u8, out _));

        // A login is good on its own connection only, so the trading connection needs one of its own
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => _api.BuyAsync("1", 100, trading).AsTask());
        Assert.Equal(("AuthorizationRequired", trading.Value), (refused.Code, refused.ConnectionId));
        await _api.AuthorizeAsync("YOUR_API_TOKEN", trading);

        // Use the trading connection for trading operations
        JsonReply buy = await _api.BuyAsync("1", 100, trading);
        Assert.True(buy.FieldsOf("buy"u8).TryGetInt64("buy_price"u8, out long price));
        Assert.Equal(100, price);
        Assert.All(subscriptions, each => Assert.True(each.IsLive));
        Assert.All(symbols, symbol => Assert.Equal(1, _venue.StreamsOf(symbol)));
    }

    [Fact]
    public async Task Error_handling()
    {
        await _api.ConnectAsync(Deriv);
        try
        {
            await _api.PingAsync(999); // Non-existent connection
            Assert.Fail("there is no connection 999");
        }
        catch (ConnectionException e)
        {
            Assert.Equal("Connection error: connection 999 does not exist", $"Connection error: {e.Message}");
        }
    }

    private static decimal QuoteOf(SubscriptionItem item)
    {
        Assert.True(item.Message.FieldsOf("tick"u8).TryGet("quote"u8, out ReadOnlySpan<byte> quote, out _));
        return decimal.Parse(quote, CultureInfo.InvariantCulture);
    }
}
