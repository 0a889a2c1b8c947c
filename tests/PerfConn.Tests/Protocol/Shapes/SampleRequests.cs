using System;
using System.Buffers;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>The control plane of the sample protocols: these tests are about reading, so streams are symbols of channel 0 and a request is its names.</summary>
internal static class SampleRequests
{
    public static bool TryParse(string stream, out string symbol, out TickChannel channel, out string error)
    {
        symbol = stream;
        channel = default;
        error = string.Empty;
        return true;
    }

    public static void Write(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) =>
        output.Write(Encoding.UTF8.GetBytes($"{{\"method\":\"sample\",\"id\":{requestId},\"params\":[\"{string.Join("\",\"", streams.ToArray())}\"]}}"));
}
