using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Lab.Contestants;

/// <summary>A blocking loop that writes one ready frame after the other.</summary>
internal sealed class BareSender(ContestantArguments arguments) : IContestant
{
    private long _sent;

    public long Messages => Volatile.Read(ref _sent);

    public Task StartAsync()
    {
        (Socket socket, _) = BareSocket.Open(arguments.Url);
        byte[] frame = Payload.Frame();
        BareSocket.RunOnThread(() =>
        {
            while (true)
            {
                socket.Send(frame);
                _sent++;
            }
        });
        return Task.CompletedTask;
    }
}
