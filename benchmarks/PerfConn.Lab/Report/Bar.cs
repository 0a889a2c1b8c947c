namespace PerfConn.Lab.Report;

/// <summary>One line of the table of bars: what is asked, what was measured.</summary>
/// <param name="What">What is measured, and against what.</param>
/// <param name="Limit">The bar in words.</param>
/// <param name="Measured">Null when this run did not measure it.</param>
/// <param name="Met">Null when this run did not measure it.</param>
internal sealed record Bar(string What, string Limit, double? Measured, bool? Met)
{
    public static Bar AtLeast(string what, double limit, string unit, double measured) => Of(what, $"at least {Text(limit)}{unit}", measured, measured >= limit);

    public static Bar AtMost(string what, double limit, string unit, double measured) => Of(what, $"at most {Text(limit)}{unit}", measured, measured <= limit);

    private static Bar Of(string what, string limit, double measured, bool met) =>
        double.IsFinite(measured) ? new Bar(what, limit, measured, met) : new Bar(what, limit, null, null);

    private static string Text(double value) => value.ToString("#,0.###", System.Globalization.CultureInfo.InvariantCulture);
}
