using System;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Tasks;
using PerfConn.SimulationTests.Running;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Network;

/// <summary>The line's end of a simulated connection. It receives into the product's own blocks, so that each of them has to come back.</summary>
internal sealed class SimTransport : ITransport
{
    private readonly SimConnection _connection;
    private readonly SimPipeReader _input;
    private readonly SimPipeWriter _output;

    public SimTransport(SimConnection connection, Uri address)
    {
        _connection = connection;
        _input = new SimPipeReader(address, World.Pool);
        _output = new SimPipeWriter(connection.SendUp);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    public TransportContent Content => TransportContent.Bytes;

    public EndPoint? RemoteEndPoint => null;

    public bool IsDisposed { get; private set; }

    /// <summary>Whether the line has let go of it, in whatever way.</summary>
    public bool IsEnded { get; private set; }

    public void OnBytes(ReadOnlyMemory<byte> bytes, Action? read) => _input.Arrive(bytes, read);

    public void OnEnd(bool isReset)
    {
        _input.Finish(isReset);
        if (isReset)
        {
            _output.Break();
        }
    }

    public void Abort()
    {
        End(isReset: true);
        _input.Finish(isReset: true);
        _output.Break();
    }

    public ValueTask DisposeAsync()
    {
        End(isReset: false);
        _output.Break();
        IsDisposed = true;
        return default;
    }

    private void End(bool isReset)
    {
        if (!IsEnded)
        {
            IsEnded = true;
            _connection.FinishUp(isReset);
        }
    }
}
