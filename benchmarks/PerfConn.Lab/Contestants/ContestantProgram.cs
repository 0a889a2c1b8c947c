using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>The process of one contestant: connect, warm up, measure, say it in one line, end.</summary>
internal static class ContestantProgram
{
    public static async Task<int> RunAsync(ContestantArguments arguments)
    {
        try
        {
            if (arguments.Kind == ConnectBurst.Kind)
            {
                Console.WriteLine(await ConnectBurst.MeasureAsync(arguments));
                return 0;
            }

            IContestant contestant = Roster.Create(arguments);
            await contestant.StartAsync();
            if (contestant is IFinite finite)
            {
                Console.WriteLine(await finite.MeasureAsync());
                return 0;
            }

            // On a thread of its own: a blocked pool thread would be missing among those that read.
            Measurement measurement = await Task.Factory.StartNew(
                () => Meter.Measure(contestant, arguments.WarmUp, arguments.Time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (measurement.Messages <= 0 && contestant is not IIdle)
            {
                await Console.Error.WriteLineAsync("no message within the measured time");
                return 1;
            }

            Console.WriteLine(measurement);
            return 0;
        }
        catch (Exception e)
        {
            // The lab shows the last line of what is said here.
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }
}
