using System.Globalization;
using System.Threading.Tasks;
using BenchmarkDotNet.Running;

namespace PerfConn.Benchmarks;

/// <summary>
/// Runs the micro-benchmarks: <c>dotnet run -c Release --project benchmarks/PerfConn.Benchmarks -- --filter '*' --job short</c>; or, with <c>lanes [rounds]</c>, a quick
/// look at lanes: <see cref="LaneStretches"/>.
/// </summary>
internal static class Program
{
    private static async Task Main(string[] args)
    {
        if (args is ["lanes", ..])
        {
            await LaneStretches.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3);
            return;
        }

        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
