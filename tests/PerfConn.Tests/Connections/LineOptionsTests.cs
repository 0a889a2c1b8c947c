using System;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Whatever is wrong with a line's options is told when it is to be opened, all at once and each by its name.</summary>
public sealed class LineOptionsTests
{
    [Fact]
    public void Wrong_values_in_all_the_options_inside_are_named_in_one_exception()
    {
        var options = new LineOptions
        {
            Framing = new WebSocketFraming { Deflate = new DeflateOptions { ServerMaxWindowBits = 7, ClientMaxWindowBits = 16, MinimumSize = 0 } },
            ReceiveMode = (ReceiveMode)9,
            Processor = -1,
            Limits = new FrameLimits
            {
                MaxMessageSize = 0,
                MaxFragments = 0,
                MessageTimeout = TimeSpan.Zero,
                MaxControlFramesPerSecond = 0,
                MinHandshakeRate = 0,
                HandshakeGrace = TimeSpan.FromTicks(-1),
            },
            SendLimits = new SendLimits { MaxPendingBytes = 0, Deadline = TimeSpan.Zero },
            ConnectTimeout = TimeSpan.Zero,
            MaxRedirects = 11,
            LogInTimeout = TimeSpan.Zero,
            CloseTimeout = TimeSpan.FromTicks(-1),
            Heartbeat = new HeartbeatOptions { Style = (HeartbeatStyle)9, Interval = TimeSpan.Zero, Timeout = TimeSpan.Zero, Message = Encoding.ASCII.GetBytes("s3cret") },
            Reconnect = new ReconnectOptions { MaxRepeats = 0 },
            Rotation = new RotationOptions
            {
                MaxAge = TimeSpan.Zero,
                Jitter = double.NaN,
                Overlap = TimeSpan.FromTicks(-1),
                Timeout = TimeSpan.Zero,
                RetryDelay = TimeSpan.Zero,
                HoldLimit = 0,
            },
        };

        InvalidOptionsException refusal = Assert.Throws<InvalidOptionsException>(options.Validate);

        Assert.Equal(
            [
                "Framing.Deflate.ServerMaxWindowBits", "Framing.Deflate.ClientMaxWindowBits", "Framing.Deflate.MinimumSize",
                "ReceiveMode",
                "Processor",
                "Limits.MaxMessageSize", "Limits.MaxFragments", "Limits.MessageTimeout", "Limits.MaxControlFramesPerSecond", "Limits.MinHandshakeRate", "Limits.HandshakeGrace",
                "SendLimits.MaxPendingBytes", "SendLimits.Deadline",
                "ConnectTimeout",
                "MaxRedirects",
                "LogInTimeout",
                "CloseTimeout",
                "Heartbeat.Style", "Heartbeat.Interval", "Heartbeat.Timeout",
                "Reconnect.MaxRepeats",
                "Rotation.MaxAge", "Rotation.Jitter", "Rotation.Overlap", "Rotation.Timeout", "Rotation.RetryDelay", "Rotation.HoldLimit",
            ],
            WrongOptions.Of(refusal));
        Assert.DoesNotContain("s3cret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_must_be_there_is_named_when_it_is_not()
    {
        var options = new LineOptions { Transport = null!, Framing = null!, Limits = null!, SendLimits = null!, Rotation = null!, TimeProvider = null!, Logger = null! };
        Assert.Equal(["Transport", "Framing", "Limits", "SendLimits", "Rotation", "TimeProvider", "Logger"], WrongOptions.In(options));
    }

    [Fact]
    public void What_may_be_left_out_is_not_missed() => new LineOptions
    {
        Heartbeat = null,
        Reconnect = null,
        Processor = null,
        Limits = new FrameLimits { MessageTimeout = null, MaxControlFramesPerSecond = null, MinHandshakeRate = null },
        SendLimits = new SendLimits { Deadline = System.Threading.Timeout.InfiniteTimeSpan },
        Framing = new WebSocketFraming { Deflate = new DeflateOptions { ClientMaxWindowBits = null } },
    }.Validate();

    /// <summary>Thousands of lines are opened at once, with options that are right.</summary>
    [Fact]
    public void Options_that_are_right_cost_one_small_object_to_check()
    {
        var options = new LineOptions();
        Assert.InRange(AllocationBudget.Least(options.Validate), 0, 24);
    }

    [Fact]
    public async Task The_venues_limits_are_told_with_the_lines_options_and_nothing_is_opened()
    {
        var venue = new ScriptedVenue();
        var symbols = new SymbolMap(ignoreCase: true);
        Venue<BinanceProtocol> wrong = BinanceVenue.Spot with
        {
            Limits = new VenueLimits
            {
                MessagesPerWindow = 1,
                MessageWindow = TimeSpan.Zero,
                WindowMargin = TimeSpan.FromTicks(-1),
                StreamsPerLine = 0,
                StreamsPerRequest = 0,
                ReplyTimeout = TimeSpan.Zero,
                Heartbeat = new HeartbeatOptions { Interval = TimeSpan.Zero },
                SessionLife = TimeSpan.Zero,
                UnansweredRequests = 0,
                ConnectsPerWindow = 0,
                ConnectWindow = TimeSpan.Zero,
            },
        };

        InvalidOptionsException refusal = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => Line.ConnectAsync(wrong, new RecordingHandler(symbols), new LineOptions { Transport = venue.Factory, Symbols = symbols, MaxRedirects = -1 }));

        Assert.Equal(
            [
                "MaxRedirects",
                "venue.Limits.MessagesPerWindow", "venue.Limits.MessageWindow", "venue.Limits.WindowMargin", "venue.Limits.StreamsPerLine", "venue.Limits.StreamsPerRequest",
                "venue.Limits.ReplyTimeout", "venue.Limits.Heartbeat.Interval", "venue.Limits.SessionLife", "venue.Limits.UnansweredRequests",
                "venue.Limits.ConnectsPerWindow", "venue.Limits.ConnectWindow",
            ],
            WrongOptions.Of(refusal));
        Assert.Equal(0, venue.Attempts);
    }
}
