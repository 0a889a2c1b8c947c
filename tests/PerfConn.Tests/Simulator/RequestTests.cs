using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Simulator;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed class RequestTests
{
    /// <summary>Quick to drain, so that answers are not far behind ticks.</summary>
    private static readonly BinanceSimulatorOptions s_unlimited = new() { MaxMessagesPerSecond = 0, Rate = 200 };

    [Fact]
    public async Task Subscribing_is_acknowledged_listed_and_undone()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        Assert.Equal("{\"result\":[],\"id\":1}", await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}"));
        Assert.Equal(
            "{\"result\":null,\"id\":2}",
            await client.AskAsync("{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@bookTicker\",\"ethusdt@trade\"],\"id\":2}"));
        Assert.Equal(
            "{\"result\":[\"btcusdt@bookTicker\",\"ethusdt@trade\"],\"id\":3}",
            await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}"));
        Assert.Equal("BTCUSDT", (await client.NextAsync()).GetProperty("s").GetString());
        Assert.Equal(
            "{\"result\":null,\"id\":4}",
            await client.AskAsync("{\"method\":\"UNSUBSCRIBE\",\"params\":[\"btcusdt@bookTicker\",\"never@heard\"],\"id\":4}"));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("ETHUSDT", (await client.NextAsync()).GetProperty("s").GetString());
        }
    }

    /// <summary>The answer comes before the first tick that it announces, as a client likes to have it.</summary>
    [Fact]
    public async Task The_acknowledgement_precedes_the_first_tick()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 0 });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        await client.SendAsync("{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\"],\"id\":1}");
        Assert.Equal("{\"result\":null,\"id\":1}", await client.NextTextAsync());
        Assert.Equal("trade", (await client.NextAsync()).GetProperty("e").GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("9223372036854775807")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"922bcc6e-9de8-440d-9e84-7c80933a8d0d\"")]
    [InlineData("\"a\\u0041\\\"\"")]
    public async Task Ids_come_back_as_they_were_sent(string id)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        Assert.Equal($"{{\"result\":null,\"id\":{id}}}", await client.AskAsync($"{{\"id\":{id},\"method\":\"SUBSCRIBE\",\"params\":[]}}"));
        Assert.Equal("{\"result\":null,\"id\":null}", await client.AskAsync("{\"method\":\"SUBSCRIBE\",\"params\":[],\"other\":{\"id\":[3]}}"));
        Assert.Equal(
            $"{{\"error\":{{\"code\":2,\"msg\":\"Invalid request: missing field `params`\"}},\"id\":{id}}}",
            await client.AskAsync($"{{\"method\":\"SUBSCRIBE\",\"id\":{id}}}"));
    }

    [Theory]
    [InlineData("{\"method\":\"SET_PROPERTY\",\"params\":[\"other\",true],\"id\":5}", 0, "Unknown property")]
    [InlineData("{\"method\":\"GET_PROPERTY\",\"params\":[\"other\"],\"id\":5}", 0, "Unknown property")]
    [InlineData("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",1],\"id\":5}", 1, "Invalid value type: expected Boolean")]
    [InlineData("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\"],\"id\":5}", 1, "Invalid value type: expected Boolean")]
    [InlineData("{\"method\":\"SET_PROPERTY\",\"params\":[7,true],\"id\":5}", 2, "Invalid request: property name must be a string")]
    [InlineData("{\"method\":\"GET_PROPERTY\",\"params\":[],\"id\":5}", 2, "Invalid request: property name must be a string")]
    [InlineData("{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\",1],\"id\":5}", 2, "Invalid request: too many parameters")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"params\":[1],\"id\":5}", 2, "Invalid request: too many parameters")]
    [InlineData("{\"params\":[],\"id\":5}", 2, "Invalid request: missing field `method` at line 1 column 20")]
    [InlineData("{\"method\":7,\"id\":5}", 2, "Invalid request: method must be a string")]
    [InlineData("{\"method\":\"SUBSCRIBE\",\"params\":\"a\",\"id\":5}", 2, "Invalid request: params must be an array")]
    [InlineData("{\"method\":\"SUBSCRIBE\",\"params\":[\"a\",{\"b\":1}],\"id\":5}", 2, "Invalid request: a stream name must be a string")]
    [InlineData(
        "{\"method\":\"subscribe\",\"id\":5}", 2,
        "Invalid request: unknown variant `subscribe`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 29")]
    public async Task Bad_requests_are_refused_with_the_venues_codes(string request, int code, string message) =>
        await ExpectErrorAsync(request, code, message, "5");

    [Theory]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1.5}")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":9223372036854775808}")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":\"1234567890123456789012345678901234567\"}")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":{\"a\":[1]}}")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":true}")]
    public async Task Bad_ids_are_refused(string request) => await ExpectErrorAsync(
        request, 2, "Invalid request: request ID must be a 64-bit signed integer, a string of at most 36 characters or null", "null");

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{\"method\":")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}x")]
    [InlineData("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}{}")]
    [InlineData("{\"method\":\"\\uD800\",\"id\":1}")]
    public async Task What_is_not_JSON_is_refused(string request) => await ExpectErrorAsync(request, 3, "Invalid JSON: expected value at line 1 column ", "null");

    [Fact]
    public async Task What_is_not_an_object_is_refused() => await ExpectErrorAsync("[1]", 2, "Invalid request: expected an object", "null");

    [Fact]
    public async Task The_wrapper_is_switched_on_and_off()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/stream?streams=btcusdt@bookTicker");
        JsonElement wrapped = await client.NextAsync();
        Assert.Equal("btcusdt@bookTicker", wrapped.GetProperty("stream").GetString());
        long sequence = wrapped.GetProperty("data").GetProperty("u").GetInt64();
        Assert.Equal("{\"result\":true,\"id\":1}", await client.AskAsync("{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":1}"));
        Assert.Equal("{\"result\":null,\"id\":2}", await client.AskAsync("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",false],\"id\":2}"));
        Assert.True((await client.NextAsync()).GetProperty("u").GetInt64() > sequence);
        Assert.Equal("{\"result\":false,\"id\":3}", await client.AskAsync("{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":3}"));
    }

    [Fact]
    public async Task Unknown_and_upper_case_streams_are_accepted_and_silent()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        Assert.Equal("{\"result\":null,\"id\":1}", await client.AskAsync(
            "{\"method\":\"SUBSCRIBE\",\"params\":[\"BTCUSDT@bookTicker\",\"btcusdt@bookticker\",\"nosuch@trade\",\"nonsense\",\"btcusdt@trade\"],\"id\":1}"));
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("trade", (await client.NextAsync()).GetProperty("e").GetString());
        }

        Assert.Contains("nonsense", await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":2}"), StringComparison.Ordinal);
        Assert.Equal("btcusdt@trade", Assert.Single(simulator.GetLedger()).Stream);
    }

    [Fact]
    public async Task Subscribing_twice_delivers_once()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade/btcusdt@trade");
        await client.AskAsync("{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\"],\"id\":1}");
        long last = (await client.NextAsync()).GetProperty("t").GetInt64();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(++last, (await client.NextAsync()).GetProperty("t").GetInt64());
        }
    }

    [Fact]
    public async Task The_sixth_message_in_a_second_closes_the_connection()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { TimeProvider = new ManualTimeProvider() });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        for (int i = 0; i < 6; i++)
        {
            await client.SendAsync($"{{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":{i}}}");
        }

        Assert.Equal(5, (await client.ExpectCloseAsync(1008, "Too many requests")).Count);
        await Deadline.UntilAsync(() => simulator.GetStatistics().ConnectionsOpen == 0, "the connection ends");
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.TooManyMessages]);
        Assert.Equal(6, simulator.GetStatistics().MessagesReceived);
    }

    [Fact]
    public async Task The_last_stream_that_fits_is_served_and_the_next_closes_the_connection()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        string all = string.Join("\",\"", simulator.Symbols.Take(1024).Select(symbol => symbol.ToLowerInvariant() + "@bookTicker"));
        Assert.Equal("{\"result\":null,\"id\":1}", await client.AskAsync($"{{\"method\":\"SUBSCRIBE\",\"params\":[\"{all}\"],\"id\":1}}"));
        Assert.Equal(1024, JsonDocument.Parse(await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":2}")).RootElement.GetProperty("result").GetArrayLength());
        await client.SendAsync("{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\"],\"id\":3}");
        await client.ExpectCloseAsync(1008, "Too many streams");
        await Deadline.UntilAsync(() => simulator.GetStatistics().Disconnects.GetValueOrDefault(DisconnectCause.TooManyStreams) == 1, "the cause is counted");
    }

    [Fact]
    public async Task Too_many_streams_in_the_path_close_the_connection()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { MaxStreamsPerConnection = 2 });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/stream?streams=a@trade/b@trade/c@trade");
        await client.ExpectCloseAsync(1008, "Too many streams");
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { Symbols = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { Rate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { Port = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { PingInterval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { MaxStreamsPerConnection = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinanceSimulatorOptions { ConnectionAttemptsWindow = Timeout.InfiniteTimeSpan });
    }

    private static async Task ExpectErrorAsync(string request, int code, string message, string id)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_unlimited);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws");
        JsonElement answer = JsonDocument.Parse(await client.AskAsync(request)).RootElement;
        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.StartsWith(message, answer.GetProperty("error").GetProperty("msg").GetString(), StringComparison.Ordinal);
        Assert.Equal(id, answer.GetProperty("id").GetRawText());
    }
}
