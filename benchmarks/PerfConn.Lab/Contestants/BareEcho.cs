using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>Round trips of a ready frame: a loop that spins for the answer, or blocks in the kernel.</summary>
internal sealed class BareEcho(ContestantArguments arguments, bool spins) : IContestant, IRecorder
{
    private const int AnswerSize = Payload.Size + 2;

    public LatencyRecorder Latency { get; } = new();

    public long Messages => Latency.Messages;

    public Task StartAsync()
    {
        (Socket socket, _) = BareSocket.Open(arguments.Url);
        BareSocket.RunOnThread(() => Run(socket));
        return Task.CompletedTask;
    }

    private void Run(Socket socket)
    {
        byte[] frame = Payload.Frame();
        byte[] buffer = GC.AllocateUninitializedArray<byte>(4096, pinned: true);
        int handle = (int)socket.Handle;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            socket.Send(frame);
            for (int got = 0; got < AnswerSize;)
            {
                got += Math.Max(0, spins ? Native.Poll(handle, buffer) : Native.Read(handle, buffer));
            }

            Latency.Record(Stopwatch.GetTimestamp() - start);
        }
    }
}
