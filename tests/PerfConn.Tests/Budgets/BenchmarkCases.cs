using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Parameters;
using BenchmarkDotNet.Running;
using PerfConn.Benchmarks.Protocol;

namespace PerfConn.Tests.Budgets;

/// <summary>The micro-benchmarks as BenchmarkDotNet finds them, each with each of its parameters, run in this process.</summary>
internal static class BenchmarkCases
{
    public static IEnumerable<BenchmarkCase> All() =>
        from type in typeof(FixedPointBenchmarks).Assembly.GetExportedTypes()
        where type.GetMethods().Any(method => method.IsDefined(typeof(BenchmarkAttribute)))
        orderby type.Name
        from benchmark in BenchmarkConverter.TypeToBenchmarks(type).BenchmarksCases
        select benchmark;

    /// <summary>Class and method; without the parameters, or with them.</summary>
    public static string NameOf(BenchmarkCase benchmark, bool parameters = false) =>
        $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}{(parameters ? benchmark.Parameters.DisplayInfo : string.Empty)}";

    /// <summary>Whether other threads take part, so that what a call allocates depends on how they are scheduled.</summary>
    public static bool IsThreaded(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethod.ReturnType == typeof(Task);

    /// <summary>What one call allocates in bytes: on this thread, or in the whole process where other threads take part.</summary>
    public static long Allocated(BenchmarkCase benchmark)
    {
        object instance = Activator.CreateInstance(benchmark.Descriptor.Type)!;
        foreach (ParameterInstance parameter in benchmark.Parameters.Items)
        {
            instance.GetType().GetProperty(parameter.Name)!.SetValue(instance, parameter.Value);
        }

        benchmark.Descriptor.GlobalSetupMethod?.Invoke(instance, null);
        try
        {
            MethodInfo method = benchmark.Descriptor.WorkloadMethod;
            return IsThreaded(benchmark) ? OfProcess(method, instance) : OfThread(method, instance);
        }
        finally
        {
            benchmark.Descriptor.GlobalCleanupMethod?.Invoke(instance, null);
        }
    }

    private static long OfThread(MethodInfo method, object instance)
    {
        // Called by a delegate: reflection would box what it returns. Twice to warm up: buffers grow, and what is made once is made.
        Action run = Caller(method, instance);
        run();
        return AllocationBudget.Least(run);
    }

    private static long OfProcess(MethodInfo method, object instance)
    {
        Func<Task> run = method.CreateDelegate<Func<Task>>(instance);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        run().Wait();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static Action Caller(MethodInfo method, object instance)
    {
        if (method.ReturnType == typeof(void))
        {
            return method.CreateDelegate<Action>(instance);
        }

        MethodInfo discard = typeof(BenchmarkCases).GetMethod(nameof(Discard), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Action)discard.MakeGenericMethod(method.ReturnType).Invoke(null, [method, instance])!;
    }

    private static Action Discard<T>(MethodInfo method, object instance)
    {
        Func<T> call = method.CreateDelegate<Func<T>>(instance);
        return () => call();
    }
}
