using System;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Users;

/// <summary>The calls of one user of the library. What may fail fails with the product's own exceptions; anything else is a bug.</summary>
internal sealed class SimCalls(World world, string caller, int number)
{
    /// <summary>Those that have not returned.</summary>
    public int Open { get; private set; }

    public async Task MakeAsync(string what, Func<Task> call)
    {
        Open++;
        world.Trace.Note("call " + what, number);
        string outcome = "done";
        try
        {
            await call();
        }
        catch (Exception e) when (e is ConnectionException or OperationCanceledException)
        {
            outcome = e.GetType().Name;
        }
        catch (Exception e)
        {
            outcome = e.GetType().Name;
            world.Violate("unexpected exception", $"{caller}, {what}: {e}");
        }

        Open--;
        world.Trace.Note("back " + what, number, 0, outcome);
    }
}
