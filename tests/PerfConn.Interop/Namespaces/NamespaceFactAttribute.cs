using System;
using Xunit;

namespace PerfConn.Interop.Namespaces;

/// <summary>A test in a network namespace; where none can be had it is skipped with a word that says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    /// <summary>Looks whether there are any.</summary>
    public NamespaceFactAttribute() => Skip = NetworkNamespace.WhyAbsent;
}
