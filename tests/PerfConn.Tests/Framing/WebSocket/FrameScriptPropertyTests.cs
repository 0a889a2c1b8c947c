using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>What an encoder writes its parser reads back, whatever the script and however it is cut. FsCheck prints the seed of a failure.</summary>
public class FrameScriptPropertyTests
{
    [Fact]
    public void A_client_reads_what_a_server_writes() =>
        AssertReadBack(() => new WebSocketFrameEncoder(null), () => new WebSocketFrameParser<ClientRole>(FrameLimits.Default));

    [Fact]
    public void A_server_reads_what_a_client_writes() =>
        AssertReadBack(() => new WebSocketFrameEncoder(new MaskKeys()), () => new WebSocketFrameParser<ServerRole>(FrameLimits.Default));

    [Fact]
    public void Records_are_read_as_they_were_written() =>
        AssertReadBack(() => new MessageRecordEncoder(), () => new MessageRecordParser(FrameLimits.Default));

    private static void AssertReadBack<TParser>(Func<IFrameEncoder> encoder, Func<TParser> parser)
        where TParser : struct, IFrameParser => Prop.ForAll(
            ScriptedFrame.Scripts,
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (script, seed) =>
            {
                var random = new SplitMix((ulong)seed);
                byte[] bytes = ScriptedFrame.Encode(script, encoder());
                ParserOutcome outcome = Feeder.FeedEveryWay(
                    parser, bytes, [Cuts.Random(bytes.Length, random), Cuts.Random(bytes.Length, random), Cuts.Random(bytes.Length, random)]);
                return outcome.Fault == FrameFault.None
                    && outcome.Events.SequenceEqual(script.Select(frame => frame.Event), StringComparer.Ordinal);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(20));
}
