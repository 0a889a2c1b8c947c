using System.Globalization;
using System.Linq;

namespace PerfConn.Interop.Namespaces;

/// <summary>How long one connect took, in milliseconds.</summary>
/// <param name="Race">From the resolver's answer to the connection standing, before TLS and upgrade.</param>
/// <param name="Whole">From the call to the line being ready.</param>
/// <param name="Compiler">What the JIT compiler took of the whole, over all threads.</param>
/// <param name="Methods">How many methods it compiled.</param>
internal readonly record struct ConnectTimes(double Race, double Whole, double Compiler, double Methods)
{
    public static ConnectTimes Parse(string line)
    {
        double[] parts = [.. line.Split('|').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        return new ConnectTimes(parts[0], parts[1], parts[2], parts[3]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Race}|{Whole}|{Compiler}|{Methods}");
}
