using System.Globalization;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Framing.Fix;

/// <summary>Writes FIX messages field by field, with bars for SOH and with every mistake a peer can make; shares nothing with the encoder under test.</summary>
internal static class FixText
{
    public static byte[] Bytes(string barred) => Encoding.Latin1.GetBytes(barred.Replace('|', '\u0001'));

    /// <summary>A whole message around a body.</summary>
    public static byte[] Message(string body, string begin = "FIX.4.4", int? length = null, string? checksum = null) =>
        Message(Bytes(body), begin, length, checksum);

    /// <summary>A whole message around a body in which a bar is a bar.</summary>
    public static byte[] Message(byte[] body, string begin = "FIX.4.4", int? length = null, string? checksum = null)
    {
        byte[] head = [.. Bytes($"8={begin}|9={(length ?? body.Length).ToString(CultureInfo.InvariantCulture)}|"), .. body];
        return [.. head, .. Bytes($"10={checksum ?? Sum(head)}|")];
    }

    public static string Sum(byte[] bytes) => (bytes.Sum(b => b) % 256).ToString("D3", CultureInfo.InvariantCulture);
}
