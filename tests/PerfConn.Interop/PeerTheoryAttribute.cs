using System;
using System.Linq;
using Xunit;

namespace PerfConn.Interop;

/// <summary>A test with foreign programs; where one is absent it is skipped with a word that says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    /// <summary>Names the peers.</summary>
    public PeerTheoryAttribute(params string[] peers) => Skip = peers.Select(Programs.WhyAbsent).FirstOrDefault(why => why is not null);
}
