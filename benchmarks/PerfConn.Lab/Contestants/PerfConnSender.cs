using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing;
using PerfConn.Transport;

namespace PerfConn.Lab.Contestants;

/// <summary>A line that sends: posted without waiting, or each send awaited by one sender or by many at once.</summary>
internal sealed class PerfConnSender(ContestantArguments arguments) : IContestant
{
    private readonly Cell[] _cells = [.. Enumerable.Range(0, int.Parse(arguments.Text("--senders", "1"), System.Globalization.CultureInfo.InvariantCulture)).Select(_ => new Cell())];

    public long Messages
    {
        get
        {
            long sent = 0;
            foreach (Cell cell in _cells)
            {
                sent += Volatile.Read(ref cell.Sent);
            }

            return sent;
        }
    }

    public async Task StartAsync()
    {
        MessageLine line = await MessageLine.ConnectAsync(new Endpoint(arguments.Url), default(NoMessages), PerfConnOptions.Of(arguments));
        foreach (Cell cell in _cells)
        {
            if (arguments.Text("--post", "no") == "yes")
            {
                BareSocket.RunOnThread(() => Post(line, cell));
            }
            else
            {
                _ = Task.Run(() => SendAsync(line, cell));
            }
        }
    }

    private static void Post(MessageLine line, Cell cell)
    {
        while (true)
        {
            switch (line.TrySend(Payload.Bytes, isText: true))
            {
                case SendOutcome.Accepted:
                    cell.Sent++;
                    break;
                case SendOutcome.Full:
                    Thread.Yield();
                    break;
                default:
                    return;
            }
        }
    }

    private static async Task SendAsync(MessageLine line, Cell cell)
    {
        while (true)
        {
            await line.SendAsync(Payload.Bytes.AsMemory(), isText: true).ConfigureAwait(false);
            cell.Sent++;
        }
    }

    private sealed class Cell
    {
        public long Sent;
    }
}
