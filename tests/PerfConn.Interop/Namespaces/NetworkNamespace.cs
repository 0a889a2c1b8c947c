using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace PerfConn.Interop.Namespaces;

/// <summary>
/// A network of its own for one scenario, by Linux's unshare: links go down and addresses lead nowhere in it, and the machine's own network does not notice
/// (RELIABILITY A4).
/// </summary>
internal static class NetworkNamespace
{
    private static readonly string[]? s_unshare = Find();

    private static string[] Self =>
        [Programs.Find("dotnet") ?? Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(NetworkNamespace).Assembly.Location];

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? WhyAbsent => s_unshare is null ? "this machine gives no network namespace (unshare -n or -Urn) with a working ip (iproute2)" : null;

    /// <summary>Starts this assembly inside a namespace of its own, and gives the lines that the scenario prints.</summary>
    public static async Task<Figure[]> RunAsync(string scenario)
    {
        (int code, string output, string error) = await ShellAsync([.. s_unshare!, .. Self, scenario]);
        return code == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Figure.Parse)]
            : throw new Xunit.Sdk.XunitException($"{scenario} ended with {code}: {output}{error}");
    }

    /// <summary>Starts this assembly once more in the namespace that the caller is in, and gives what it prints.</summary>
    public static async Task<string> InNewProcessAsync(params string[] arguments)
    {
        (int code, string output, string error) = await ShellAsync([.. Self, .. arguments]);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {code}: {error}");
    }

    /// <summary>Runs a command of ip, inside the namespace.</summary>
    public static async Task IpAsync(string arguments)
    {
        (int code, _, string error) = await ShellAsync([Programs.Find("ip")!, .. arguments.Split(' ')]);
        if (code != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {error}");
        }
    }

    private static string[]? Find()
    {
        if (!OperatingSystem.IsLinux() || Programs.Find("unshare") is not { } unshare || Programs.Find("ip") is not { } ip)
        {
            return null;
        }

        // As root without a user namespace, else with one.
        string[][] ways = [[unshare, "-n"], [unshare, "-Urn"]];
        return ways.FirstOrDefault(way => ShellAsync([.. way, ip, "link", "set", "lo", "up"]).GetAwaiter().GetResult().Code == 0);
    }

    private static async Task<(int Code, string Output, string Error)> ShellAsync(string[] command)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await Limit.WithinAsync(process.WaitForExitAsync());
        }
        catch (TimeoutException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} has not ended in time", e);
        }

        return (process.ExitCode, await output, await error);
    }
}
