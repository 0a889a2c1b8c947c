using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Connections;

namespace PerfConn.Interop;

/// <summary>Collects what a line brings, for a test to take one by one.</summary>
internal sealed class Messages : IMessageHandler
{
    private readonly Channel<(bool IsText, byte[] Payload)> _channel = Channel.CreateUnbounded<(bool, byte[])>();

    public void OnMessage(in Message message) => _channel.Writer.TryWrite((message.IsText, message.Payload.ToArray()));

    public async Task<(bool IsText, byte[] Payload)> NextAsync()
    {
        await Limit.WithinAsync(_channel.Reader.WaitToReadAsync().AsTask());
        return _channel.Reader.TryRead(out (bool, byte[]) message) ? message : throw new Xunit.Sdk.XunitException("no message came");
    }
}
