using System.Linq;
using System.Text;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;

namespace PerfConn.Tests.Faults;

/// <summary>
/// What a server says to a client that it lets in: a short message, a ping, one with a 16-bit length, and one in three fragments with a ping among them.
/// </summary>
internal static class ThreeMessages
{
    public static readonly string[] Texts = ["one", new string('2', 130), "fragmented"];

    private static readonly byte[][] s_frames =
    [
        Wire.Frame(Wire.Text, Texts[0]),
        Wire.Frame(Wire.Ping, "?"),
        Wire.Frame(Wire.Text, Texts[1]),
        [.. Wire.Part(Wire.Text, "frag"), .. Wire.Part(Wire.Continuation, "men"), .. Wire.Frame(Wire.Ping, "!"), .. Wire.Frame(Wire.Continuation, "ted")],
    ];

    public static byte[] Frames { get; } = Wire.Join(s_frames);

    /// <summary>How many of them are whole when so many bytes of the frames have arrived.</summary>
    public static int WholeIn(int bytes) => new[] { (0, 1), (2, 2), (3, 3) }.Count(message => s_frames[..(message.Item1 + 1)].Sum(frame => frame.Length) <= bytes);

    /// <summary>Whether a stream that ends after so many bytes ends between two messages.</summary>
    public static bool IsBetweenMessages(int bytes) => Enumerable.Range(0, s_frames.Length + 1).Any(count => s_frames[..count].Sum(frame => frame.Length) == bytes);

    /// <summary>The answer to a request's head, with nothing after it.</summary>
    public static byte[] Accept(string requestHead, string? extensions = null)
    {
        string key = requestHead.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
        return Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ClientHandshake.AcceptFor(key) + "\r\n"
            + (extensions is null ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n") + "\r\n");
    }
}
