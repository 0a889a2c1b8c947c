using System;
using System.Globalization;
using System.Threading.Tasks;
using PerfConn.Simulator;

namespace PerfConn.Lab.Server;

/// <summary>The simulated venue in a process of its own, without its bound on connection attempts.</summary>
internal static class SimulatedVenue
{
    /// <summary>Serves until the standard input closes.</summary>
    public static async Task<int> RunAsync()
    {
        await using BinanceSimulator venue = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { ConnectionAttempts = 0 });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"listening {venue.Port} 0"));
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
