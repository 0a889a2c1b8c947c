using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing;
using Xunit;

namespace PerfConn.Tests.Conformance;

/// <summary>Sends everything back. The room for what is pending is larger than any case.</summary>
internal readonly struct EchoHandler : IMessageHandler
{
    public void OnMessage(in Message message) => Assert.Equal(SendOutcome.Accepted, message.Line.TrySend(message.Payload, message.IsText));
}
