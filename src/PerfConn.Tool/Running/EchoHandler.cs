using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Tool.Running;

/// <summary>
/// Sends back what comes, on the receive loop. When the peer sends but does not read, it is not read either: the loop waits until there is room again, which the write
/// deadline bounds, instead of filling memory.
/// </summary>
internal sealed class EchoHandler : IMessageHandler
{
    private readonly ManualResetEventSlim _sent = new();

    public void OnMessage(in Message message)
    {
        if (message.Line.TrySend(message.Payload, message.IsText) == SendOutcome.Full)
        {
            SendBlocking(in message);
        }
    }

    private void SendBlocking(in Message message)
    {
        TaskAwaiter send = message.Line.SendAsync(message.Payload, message.IsText).AsTask().GetAwaiter();
        if (!send.IsCompleted)
        {
            _sent.Reset();
            send.UnsafeOnCompleted(_sent.Set);
            _sent.Wait();
        }

        try
        {
            send.GetResult();
        }
        catch (ConnectionException)
        {
            // The line is going down, and its end says why.
        }
    }
}
