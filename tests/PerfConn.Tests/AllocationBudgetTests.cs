using System;
using Xunit;
using Xunit.Sdk;

namespace PerfConn.Tests;

public class AllocationBudgetTests
{
    private object? _kept;

    [Fact]
    public void Sees_a_single_object() =>
        Assert.Throws<EqualException>(() => AllocationBudget.AssertZero(() => _kept = new object()));

    [Fact]
    public void Sees_nothing_where_nothing_is_allocated()
    {
        _kept = this;
        AllocationBudget.AssertZero(() => GC.KeepAlive(_kept));
    }
}
