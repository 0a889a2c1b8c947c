using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Examples;
using PerfConn.Framing;
using PerfConn.Tests.Architecture;
using PerfConn.Tests.Framing;
using Xunit;

namespace PerfConn.Tests.Examples;

/// <summary>The guides' examples of a framing and a transport of one's own: they work, and they are what the guides show.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly string _recording = Path.GetTempFileName();

    public void Dispose() => File.Delete(_recording);

    [Theory]
    [InlineData("src/PerfConn/Framing/README.md", "NetstringFraming", "NetstringParser", "NetstringEncoder", "ReplayExample")]
    [InlineData("src/PerfConn/Transport/README.md", "ReplayTransportFactory", "ReplayTransport")]
    public void A_guide_shows_what_is_compiled(string guide, params string[] examples)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, guide));
        foreach (string example in examples)
        {
            string compiled = File.ReadAllText(Path.Combine(SourceTree.Root, "tests/PerfConn.Examples", example + ".cs"));
            Assert.True(text.Contains("```csharp\n" + compiled + "```", StringComparison.Ordinal), $"{guide} does not show {example}.cs as it is compiled");
        }
    }

    [Fact]
    public void The_examples_may_use_the_public_API_only() => Assert.DoesNotContain(
        typeof(Line).Assembly.GetCustomAttributes(typeof(System.Runtime.CompilerServices.InternalsVisibleToAttribute), inherit: false),
        friend => ((System.Runtime.CompilerServices.InternalsVisibleToAttribute)friend).AssemblyName == typeof(NetstringParser).Assembly.GetName().Name);

    [Fact]
    public async Task A_recording_runs_through_a_line_to_its_end()
    {
        await File.WriteAllTextAsync(_recording, "15:BTC-USD 42000.5,12:ETH-USD 2500,7:comment,12:BTC-USD 4200,");
        var handler = new Prices();

        LineEnd end = await Deadline.Within(ReplayExample.RunAsync(_recording, handler));

        Assert.Equal(["42000.5", "2500", "4200"], handler.Seen);
        Assert.Equal(LineEndCause.EndOfStream, end.Cause);
    }

    [Theory]
    [InlineData("5:hello,5:he", LineEndCause.Truncated, FrameFault.None)]
    [InlineData("5:hello,5", LineEndCause.Truncated, FrameFault.None)]
    [InlineData("5:hello!", LineEndCause.Violation, FrameFault.Malformed)]
    [InlineData(":hello,", LineEndCause.Violation, FrameFault.BadLength)]
    [InlineData("999999999:", LineEndCause.Violation, FrameFault.MessageTooBig)]
    public async Task A_spoiled_recording_is_told_as_such(string text, LineEndCause cause, FrameFault fault)
    {
        await File.WriteAllTextAsync(_recording, text);

        LineEnd end = await Deadline.Within(ReplayExample.RunAsync(_recording, new Prices()));

        Assert.Equal((cause, fault), (end.Cause, end.Fault));
    }

    [Fact]
    public async Task A_recording_that_is_not_there_is_a_network_failure()
    {
        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => ReplayExample.RunAsync(_recording + ".gone", new Prices()));

        Assert.Contains("cannot be opened", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_framing_holds_in_every_segmentation_and_its_encoder_is_its_mirror()
    {
        byte[][] messages = [[], [.. "hello"u8], new byte[300], [.. "1:a,"u8]];
        var encoder = new NetstringEncoder();
        byte[] room = new byte[1000];
        byte[] script = [.. messages.SelectMany(message => room[..encoder.Encode(room, 1, message)])];
        ParserOutcome outcome = Feeder.FeedEveryWay(() => new NetstringParser(FrameLimits.Default), script, Cuts.Every(script.Length, new SplitMix(1)));

        Assert.Equal(messages.Select(message => RecordingSink.Message(message, false)), outcome.Events);
        Assert.False(outcome.IsInsideMessage);
        foreach (string bad in (string[])["5:hello!1:a,", "x:", "5x", ":", "0000000001:a,", "12345678:", "5:hel"])
        {
            byte[] bytes = Encoding.ASCII.GetBytes(bad);
            Feeder.FeedEveryWay(() => new NetstringParser(new FrameLimits { MaxMessageSize = 10 }), bytes, Cuts.Every(bytes.Length, new SplitMix(2)));
        }
    }

    private sealed class Prices : ITickHandler
    {
        public List<string> Seen { get; } = [];

        public void OnTick(in Tick tick) => Seen.Add(Encoding.ASCII.GetString(tick.Payload));

        public void OnGap(in Gap gap)
        {
        }
    }
}
