using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>The ceiling: a blocking loop for each connection that looks at no byte. Over TLS it reads an <c>SslStream</c>.</summary>
internal sealed class ByteCounter(ContestantArguments arguments) : IContestant
{
    private readonly Cell[] _cells = [.. Enumerable.Range(0, arguments.Lines).Select(_ => new Cell())];

    public long Messages
    {
        get
        {
            long bytes = 0;
            foreach (Cell cell in _cells)
            {
                bytes += Volatile.Read(ref cell.Bytes);
            }

            return (long)(bytes / arguments.WireBytes);
        }
    }

    public Task StartAsync()
    {
        foreach (Cell cell in _cells)
        {
            (Socket socket, Stream stream) = BareSocket.Open(arguments.Url);
            BareSocket.RunOnThread(() => Count(socket, stream, cell));
        }

        return Task.CompletedTask;
    }

    private static void Count(Socket socket, Stream stream, Cell cell)
    {
        // As large a read as PerfConn's own.
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BlockPool.DefaultBlockSize, pinned: true);
        if (stream is NetworkStream)
        {
            int handle = (int)socket.Handle;
            while (Native.Read(handle, buffer) is var read and > 0)
            {
                cell.Bytes += read;
            }

            return;
        }

        while (stream.Read(buffer) is var read and > 0)
        {
            cell.Bytes += read;
        }
    }

    private sealed class Cell
    {
        public long Bytes;
    }
}
