namespace PerfConn.Connections.Managing;

/// <summary>Hands a line's messages to their connection.</summary>
internal readonly struct ConnectionHandler(ManagedConnection connection) : IMessageHandler
{
    public void OnMessage(in Message message) => connection.OnMessage(message.Payload);
}
