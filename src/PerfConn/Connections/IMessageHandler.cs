namespace PerfConn.Connections;

/// <summary>Your own code on a <see cref="MessageLine"/>. Implement it with a struct, so that the call compiles into the receive loop.</summary>
/// <remarks>
/// Calls never overlap and keep the order of the wire. They run on the receive loop: a handler must not block, unless it means to hold the peer back. An exception that
/// leaves it is counted and logged and does not stop the line.
/// </remarks>
public interface IMessageHandler
{
    /// <summary>One whole message, its fragments put together. Its payload is valid during this call only; see <see cref="Message.Lease"/> to keep it.</summary>
    void OnMessage(in Message message);
}
