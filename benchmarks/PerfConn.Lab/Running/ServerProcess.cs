using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;

namespace PerfConn.Lab.Running;

/// <summary>The lab's server in a process of its own; it ends when this end of its standard input closes.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly int _plain;
    private readonly int _secure;

    private ServerProcess(Process process, int plain, int secure)
    {
        _process = process;
        _plain = plain;
        _secure = secure;
    }

    /// <param name="kind">Which: the lab's own, or <c>simulate</c> for the simulated venue, which has no TLS here.</param>
    public static async Task<ServerProcess> StartAsync(string kind = "serve")
    {
        ProcessStartInfo start = LabProcess.Command(kind);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the lab's server did not start");
        string[] parts = line.Split(' ');
        return new ServerProcess(process, int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    /// <summary>The address of one of its works.</summary>
    public string Address(string path, bool secure = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{(secure ? "wss" : "ws")}://127.0.0.1:{(secure ? _secure : _plain)}/{path}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
