using System;
using System.IO.Pipelines;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.TestKit.Streams;

/// <summary>The same for a transport whose reader can block, so that a line in <see cref="ReceiveMode.Thread"/> keeps its thread.</summary>
internal sealed class BlockingFaultPipeReader(FaultTransport transport, PipeReader inner, ByteFaults faults, Random random)
    : FaultPipeReader(transport, inner, faults, random), IBlockingInput
{
    public ReadResult Read()
    {
        CountRead();
        ReadResult result;
        while (!TryPass(out result, out Gate gate))
        {
            if (gate != Gate.Open)
            {
                Wait(gate);
                continue;
            }

            try
            {
                return Show(((IBlockingInput)Inner).Read());
            }
            catch (NetworkException)
            {
                if (IsOurEnd(out result))
                {
                    return result;
                }

                throw;
            }
        }

        return result;
    }

    private void Wait(Gate gate)
    {
        using var over = new ManualResetEventSlim();
        using ITimer timer = Transport.Time.CreateTimer(static state => ((ManualResetEventSlim)state!).Set(), over, LengthOf(gate), Timeout.InfiniteTimeSpan);
        try
        {
            over.Wait(Transport.Aborted);
            Paused();
        }
        catch (OperationCanceledException)
        {
            // The next look finds the connection reset.
        }
    }
}
