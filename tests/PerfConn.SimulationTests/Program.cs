using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests;

/// <summary>What runs when this assembly is started as a program: histories, on a pool of one thread, where the same seed gives the same history.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (!ThreadPool.SetMinThreads(1, 1) || !ThreadPool.SetMaxThreads(1, 1))
        {
            await Console.Error.WriteLineAsync("histories need a pool of one thread: set DOTNET_PROCESSOR_COUNT=1");
            return 2;
        }

        // From the main thread to the pool's one thread, which never leaves again.
        await Task.Yield();
        return await Commands.RunAsync(args);
    }
}
