using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;

namespace PerfConn.Lab;

/// <summary>The blast server in a process of its own; it ends when this end of its standard input closes.</summary>
internal sealed class LabServer : IDisposable
{
    private readonly Process _process;

    private LabServer(Process process, Uri address, double wireBytesPerMessage, double payloadBytesPerMessage)
    {
        _process = process;
        Address = address;
        WireBytesPerMessage = wireBytesPerMessage;
        PayloadBytesPerMessage = payloadBytesPerMessage;
    }

    public Uri Address { get; }

    public double WireBytesPerMessage { get; }

    public double PayloadBytesPerMessage { get; }

    public static async Task<LabServer> StartAsync(string shape)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LabServer).Assembly.Location);
        }

        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(shape);
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false)
            ?? throw new InvalidOperationException("the blast server did not start");
        string[] parts = line.Split(' ');
        int frames = int.Parse(parts[4], CultureInfo.InvariantCulture);
        return new LabServer(
            process,
            new Uri($"{(shape == "tls" ? "wss" : "ws")}://127.0.0.1:{parts[1]}/stream"),
            double.Parse(parts[2], CultureInfo.InvariantCulture) / frames,
            double.Parse(parts[3], CultureInfo.InvariantCulture) / frames);
    }

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
