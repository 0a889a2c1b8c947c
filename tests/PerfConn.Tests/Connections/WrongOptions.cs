using System;
using System.Linq;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>The names of the options that a check calls wrong, in its order.</summary>
internal static class WrongOptions
{
    public static string[] In(LineOptions options) => Of(Assert.Throws<InvalidOptionsException>(options.Validate));

    public static string[] Of(InvalidOptionsException refusal)
    {
        Assert.All(refusal.Errors, error => Assert.Contains(error, refusal.Message, StringComparison.Ordinal));
        return [.. refusal.Errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)])];
    }
}
