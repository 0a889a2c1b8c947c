using System;
using System.Globalization;

namespace PerfConn.Interop.Namespaces;

/// <summary>One figure of a scenario, as it goes from the process in the namespace to the test: a line of text.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Value">In milliseconds, or a count.</param>
/// <param name="Bar">What it may be.</param>
internal sealed record Figure(string What, double Value, double Bar)
{
    public static Figure Parse(string line)
    {
        string[] parts = line.Split('|');
        return new Figure(parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public void Print() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{What}|{Value:0.0}|{Bar:0.0}"));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What}: {Value:0.0}, the bar is {Bar:0.0}");
}
