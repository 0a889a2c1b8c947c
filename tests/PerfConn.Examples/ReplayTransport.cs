using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Examples;

/// <summary>Gives the bytes of a recording as a connection would, and swallows what is sent.</summary>
public sealed class ReplayTransport : ITransport
{
    private readonly Pipe _recording = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _replaying;

    public ReplayTransport(Stream recording) => _replaying = ReplayAsync(recording);

    public PipeReader Input => _recording.Reader;

    public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);

    public TransportContent Content => TransportContent.Bytes; // The line's framing cuts them.

    public EndPoint? RemoteEndPoint => null;

    public void Abort() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _replaying;
    }

    private async Task ReplayAsync(Stream recording)
    {
        try
        {
            await using (recording)
            {
                await recording.CopyToAsync(_recording.Writer, _stop.Token);
            }

            await _recording.Writer.CompleteAsync(); // The orderly end of the stream.
        }
        catch (Exception e)
        {
            await _recording.Writer.CompleteAsync(new NetworkException("the replay has ended: " + e.Message, e)); // Pending reads throw this.
        }
    }
}
