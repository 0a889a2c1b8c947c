using System;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.TestKit;

/// <summary>
/// Lets the first operation fail, then the second, and so on until a run gets through without reaching the one that would: each error path is taken once.
/// Needs no test framework.
/// </summary>
public static class FailEveryOperation
{
    /// <summary>Repeats a run until no operation is left that could fail in it.</summary>
    /// <param name="inner">Opens the connections underneath; one for all runs.</param>
    /// <param name="run">
    /// One run over the factory that it is given. It asserts that the injected failure is borne as it should be; whatever it throws ends the loop. Operations of
    /// its own it passes through the factory's <see cref="FaultTransportFactory.Operations"/>.
    /// </param>
    /// <param name="deadline">How long a run may take. Default: 10 s.</param>
    /// <param name="maximum">More operations than this mean that the run never ends. Default: 1,000.</param>
    /// <returns>How many operations failed, each in a run of its own.</returns>
    /// <exception cref="FaultRunException">A run failed, took too long, or had too many operations; names the operation.</exception>
    public static async Task<int> RunAsync(
        ITransportFactory inner, Func<FaultTransportFactory, Task> run, TimeSpan? deadline = null, int maximum = 1000)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(run);
        for (int operation = 1; operation <= maximum; operation++)
        {
            var factory = new FaultTransportFactory(inner, new FaultPlan { FailAtOperation = operation });
            try
            {
                await run(factory).WaitAsync(deadline ?? TimeSpan.FromSeconds(10), TimeProvider.System).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                string what = e is TimeoutException ? "the run did not end in time" : e.Message;
                throw new FaultRunException($"with {factory.Operations.Failed ?? $"no failure ({factory.Operations.Count} operations)"}: {what}", e);
            }

            if (factory.Operations.Failed is null)
            {
                return operation - 1;
            }
        }

        throw new FaultRunException($"the run still had operations after {maximum}", null);
    }
}
