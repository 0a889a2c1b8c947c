using System;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Contestants;

/// <summary>The least that a message can take: a loop on a socket whose frames all have one size, spinning or blocking in the kernel.</summary>
internal sealed class BareLatency(ContestantArguments arguments, bool spins) : IContestant, IRecorder
{
    private const int HeaderSize = 2;

    public LatencyRecorder Latency { get; } = new();

    public long Messages => Latency.Messages;

    public Task StartAsync()
    {
        (Socket socket, _) = BareSocket.Open(arguments.Url);
        BareSocket.RunOnThread(() => Run((int)socket.Handle));
        return Task.CompletedTask;
    }

    private void Run(int socket)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
        int end = 0;
        while (true)
        {
            int read = spins ? Native.Poll(socket, buffer.AsSpan(end)) : Native.Read(socket, buffer.AsSpan(end));
            if (read <= 0)
            {
                continue;
            }

            end += read;
            int at = 0;
            for (; end - at >= StampedFrames.FrameSize; at += StampedFrames.FrameSize)
            {
                Latency.RecordStamped(buffer.AsSpan(at + HeaderSize));
            }

            buffer.AsSpan(at, end - at).CopyTo(buffer);
            end -= at;
        }
    }
}
