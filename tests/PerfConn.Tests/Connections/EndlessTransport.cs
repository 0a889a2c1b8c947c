using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Tests.Connections;

/// <summary>
/// A custom transport, as a user would write one: its input gives the same block of frames again and again, each read completing at once, so that a
/// line runs at full speed on one thread. Before each read the block may be written anew, so that its ticks are not the same ones again.
/// </summary>
internal sealed class EndlessTransport(byte[] greeting, byte[] block, TransportContent content, Action<byte[]>? renew = null) : ITransport
{
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly EndlessReader _input = new(greeting, block, renew);

    public PipeReader Input => _input;

    public PipeWriter Output => _output.Writer;

    public TransportContent Content => content;

    public EndPoint? RemoteEndPoint => null;

    public void Abort() => _input.End();

    public ValueTask DisposeAsync()
    {
        Abort();
        return default;
    }

    /// <summary>Its one-method factory.</summary>
    public sealed class Factory(byte[] greeting, byte[] block, TransportContent content = TransportContent.Messages, Action<byte[]>? renew = null) : ITransportFactory
    {
        public ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ITransport>(new EndlessTransport(greeting, block, content, renew));
    }

    private sealed class EndlessReader(byte[] greeting, byte[] block, Action<byte[]>? renew) : PipeReader
    {
        private readonly ReadOnlySequence<byte> _greeting = new(greeting);
        private readonly ReadOnlySequence<byte> _block = new(block);
        private volatile bool _ended;
        private bool _greeted;

        public void End() => _ended = true;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            TryRead(out ReadResult result);
            return new ValueTask<ReadResult>(result);
        }

        public override bool TryRead(out ReadResult result)
        {
            ReadOnlySequence<byte> bytes = _greeted ? _block : _greeting;
            if (_greeted)
            {
                renew?.Invoke(block);
            }

            _greeted = true;
            result = new ReadResult(_ended ? default : bytes, isCanceled: false, isCompleted: _ended);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead() => End();

        public override void Complete(Exception? exception = null) => End();
    }
}
