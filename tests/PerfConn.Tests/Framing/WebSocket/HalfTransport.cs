using System;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>A transport made of any two halves.</summary>
internal sealed class HalfTransport(PipeReader input, PipeWriter output, Action? onAbort = null) : ITransport
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    public TransportContent Content => TransportContent.Bytes;

    public EndPoint? RemoteEndPoint => null;

    public void Abort() => onAbort?.Invoke();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
