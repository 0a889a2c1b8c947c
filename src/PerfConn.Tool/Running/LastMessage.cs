using System.Text;
using PerfConn.Connections;

namespace PerfConn.Tool.Running;

/// <summary>Keeps the last message as text. Read it when the line has ended.</summary>
internal sealed class LastMessage : IMessageHandler
{
    public string Text { get; private set; } = "";

    public void OnMessage(in Message message) => Text = Encoding.UTF8.GetString(message.Payload);
}
