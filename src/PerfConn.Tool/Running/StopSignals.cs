using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace PerfConn.Tool.Running;

/// <summary>
/// Ctrl+C and SIGTERM as one token: the first asks the command to end in good order, with its report; a second one, for whoever has lost patience,
/// ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignals(bool ignoresInterrupt)
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, ignoresInterrupt ? Ignore : Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;

    private void Stop(PosixSignalContext context)
    {
        if (!_stop.IsCancellationRequested)
        {
            context.Cancel = true;
            _stop.Cancel();
        }
    }
}
