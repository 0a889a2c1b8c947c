using System;
using System.Collections.Generic;

namespace PerfConn.Fuzz;

/// <summary>A parser whose inputs can be cut in every way, each way of cutting giving the same (RELIABILITY D07).</summary>
internal interface ICutTarget
{
    /// <summary>The name of the corpus folder.</summary>
    string Name { get; }

    /// <summary>Feeds an input whole and by each plan, in segments and read by read; throws when the outcomes differ.</summary>
    /// <param name="input">As it stands in the corpus.</param>
    /// <param name="plans">The ways to cut a stream of so many bytes.</param>
    void FeedEveryWay(byte[] input, Func<int, IEnumerable<int[]>> plans);
}
