using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace PerfConn.Tests.Transport.WebSockets;

/// <summary>A WebSocket whose receives are done when the test says so, and tell it to who waits when the test says that.</summary>
internal sealed class LateReceives : WebSocket
{
    public List<Receive> Receives { get; } = [];

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var receive = new Receive(buffer);
        Receives.Add(receive);
        return new ValueTask<ValueWebSocketReceiveResult>(receive, 0);
    }

    public override void Abort()
    {
    }

    public override void Dispose()
    {
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>One receive. It is done before its continuation runs, as every such call is for a moment.</summary>
    internal sealed class Receive(Memory<byte> buffer) : IValueTaskSource<ValueWebSocketReceiveResult>
    {
        private Action<object?>? _continuation;
        private object? _state;
        private bool _isDone;

        public void Finish(byte content)
        {
            buffer.Span[0] = content;
            _isDone = true;
        }

        public void Tell() => _continuation!(_state);

        public ValueWebSocketReceiveResult GetResult(short token) =>
            _isDone ? new ValueWebSocketReceiveResult(1, WebSocketMessageType.Binary, endOfMessage: true) : throw new InvalidOperationException("asked for before it was done");

        public ValueTaskSourceStatus GetStatus(short token) => _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => (_continuation, _state) = (continuation, state);
    }
}
