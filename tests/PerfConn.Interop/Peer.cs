using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Interop;

/// <summary>A foreign program that runs for the time of a test, in a folder of its own, on a port of loopback.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _said = new();

    private Peer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
        process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
    }

    public int Port { get; }

    /// <summary>What the program wrote so far.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>Starts a program and waits until it listens.</summary>
    /// <param name="program">Its name, as <see cref="Programs"/> finds it.</param>
    /// <param name="arguments">Given its folder and port.</param>
    /// <param name="prepare">Writes its configuration into the folder, given folder and port.</param>
    public static async Task<Peer> StartAsync(string program, Func<string, int, string[]> arguments, Action<string, int>? prepare = null)
    {
        string folder = Directory.CreateTempSubdirectory("perfconn-interop-").FullName;
        int port = FreePort();
        prepare?.Invoke(folder, port);
        var start = new ProcessStartInfo(Programs.Find(program)!, arguments(folder, port))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        var peer = new Peer(Process.Start(start)!, folder, port);
        peer._process.BeginOutputReadLine();
        peer._process.BeginErrorReadLine();
        try
        {
            await peer.WaitUntilListeningAsync();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public Task TypeAsync(string text) => _process.StandardInput.WriteAsync(text).ContinueWith(_ => _process.StandardInput.FlushAsync(), TaskScheduler.Default).Unwrap();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilListeningAsync()
    {
        using var deadline = new CancellationTokenSource(s_patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {Said}");
            }

            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
    }
}
