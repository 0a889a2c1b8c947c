using System;
using System.Collections.Generic;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Tests.Framing;

namespace PerfConn.Fuzz;

/// <summary>Message records. Its inputs are the bytes as they are; any cut gives the same.</summary>
internal sealed class RecordTarget : ICutTarget
{
    public string Name => "record";

    public void FeedEveryWay(byte[] input, Func<int, IEnumerable<int[]>> plans) =>
        Feeder.FeedEveryWay(() => new MessageRecordParser(new FrameLimits { MaxMessageSize = 64 * 1024, MaxFragments = 16 }), input, plans(input.Length));
}
