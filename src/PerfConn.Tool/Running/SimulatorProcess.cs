using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tool.Commands;

namespace PerfConn.Tool.Running;

/// <summary>
/// The simulated venue in a process of its own: what it allocates and computes is not counted as the client's, and the way to it is a real one. It
/// ends when this end of its standard input closes, also when this process is killed.
/// </summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private const string AssemblyName = "PerfConn.Tool";

    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_orderTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TimeProvider _time;

    private SimulatorProcess(Process process, string url, TimeProvider time)
    {
        _process = process;
        _time = time;
        Url = url;
    }

    /// <summary>Where it listens: the address without a path.</summary>
    public string Url { get; }

    /// <summary>Whether it has ended although nobody asked it to.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts it, and returns when it listens.</summary>
    /// <param name="rate">Ticks per second and connection.</param>
    /// <param name="symbols">Symbols in its market.</param>
    /// <param name="tls">Whether it speaks TLS.</param>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="stop">Ends the start.</param>
    /// <exception cref="ToolException">It did not start.</exception>
    public static async Task<SimulatorProcess> StartAsync(double rate, int symbols, bool tls, TimeProvider time, CancellationToken stop)
    {
        ProcessStartInfo start = Self();
        foreach (string argument in (string[])
            ["simulate", "--port", "0", "--rate", Text(rate), "--symbols", Text(symbols), SimulateCommand.UntilInputClosesName])
        {
            start.ArgumentList.Add(argument);
        }

        if (tls)
        {
            start.ArgumentList.Add("--tls");
        }

        Process process = Process.Start(start) ?? throw new ToolException("the simulator's process could not be started");
        try
        {
            using var deadline = new CancellationTokenSource(s_startTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
            string? url = await ReadUrlAsync(process, either.Token, stop).ConfigureAwait(false);
            return url is not null
                ? new SimulatorProcess(process, url, time)
                : throw new ToolException("the simulator's process ended before it listened");
        }
        catch
        {
            await EndAsync(process, time).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Gives an order (<see cref="SimulatorOrders"/>), and returns the answer. One at a time.</summary>
    /// <exception cref="ToolException">The process has ended, or does not answer.</exception>
    public async Task<string> OrderAsync(string order)
    {
        using var deadline = new CancellationTokenSource(s_orderTimeout, _time);
        try
        {
            await _process.StandardInput.WriteLineAsync(order).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(deadline.Token).ConfigureAwait(false);
            return await _process.StandardOutput.ReadLineAsync(deadline.Token).ConfigureAwait(false) ?? throw new ToolException("the simulator's process has ended");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw new ToolException($"the simulator's process did not answer '{order}': {e.Message}");
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_process, _time);

    private static async Task<string?> ReadUrlAsync(Process process, CancellationToken deadline, CancellationToken stop)
    {
        try
        {
            return await process.StandardOutput.ReadLineAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new ToolException($"the simulator's process did not listen within {s_startTimeout.TotalSeconds:0} s");
        }
    }

    private static async ValueTask EndAsync(Process process, TimeProvider time)
    {
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(s_endTimeout, time);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
    }

    /// <summary>This program again: the executable that is running, or the host with this assembly when the host runs something else or by that name.</summary>
    private static ProcessStartInfo Self()
    {
        string host = Environment.ProcessPath ?? CommandLine.Name;
        string name = Path.GetFileNameWithoutExtension(host);
        bool isSelf = name is CommandLine.Name or AssemblyName;
        var start = new ProcessStartInfo(isSelf || name == "dotnet" ? host : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (!isSelf)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, AssemblyName + ".dll"));
        }

        return start;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
