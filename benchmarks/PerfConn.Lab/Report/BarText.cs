using System.Globalization;
using System.IO;

namespace PerfConn.Lab.Report;

/// <summary>The bars as lines of text.</summary>
internal static class BarText
{
    public static void Write(TextWriter output, LabReport report)
    {
        if (report.Bars.Count == 0)
        {
            return;
        }

        output.WriteLine("Bars");
        foreach (Bar bar in report.Bars)
        {
            string met = bar.Met switch { true => "met", false => "NOT MET", null => "not measured" };
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {bar.What,-75} {bar.Limit,-15} {bar.Measured,10:0.###}  {met}"));
        }
    }
}
