using PerfConn.Connections;

namespace PerfConn.Lab.Contestants;

/// <summary>Expects nothing.</summary>
internal readonly struct NoMessages : IMessageHandler
{
    public void OnMessage(in Message message)
    {
    }
}
