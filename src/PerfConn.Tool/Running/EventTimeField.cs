using System;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Tool.Running;

/// <summary>Which field of a tick carries the venue's time, and in what unit: <c>E:ms</c>.</summary>
internal sealed class EventTimeField
{
    private readonly byte[] _key;
    private readonly long _nanosecondsPerUnit;

    private EventTimeField(string key, long nanosecondsPerUnit)
    {
        _key = Encoding.UTF8.GetBytes(key);
        _nanosecondsPerUnit = nanosecondsPerUnit;
    }

    /// <summary>Understands <c>FIELD:ms</c>, <c>FIELD:us</c> and <c>FIELD:ns</c>.</summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    public static EventTimeField Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        long unit = text[(colon + 1)..] switch
        {
            "ms" => 1_000_000,
            "us" => 1_000,
            "ns" => 1,
            _ => 0,
        };
        return colon > 0 && unit > 0
            ? new EventTimeField(text[..colon], unit)
            : throw new UsageException($"--event-time '{text}' is not FIELD:ms, FIELD:us or FIELD:ns, as in E:ms");
    }

    /// <summary>Reads the time, in nanoseconds since 1970. Allocates nothing.</summary>
    /// <returns>False when the tick has no such field, or it is no such number.</returns>
    public bool TryRead(ReadOnlySpan<byte> payload, out long unixNanoseconds)
    {
        bool found = new JsonFields(payload).TryGetInt64(_key, out long value);
        found &= value >= 0 && value <= long.MaxValue / _nanosecondsPerUnit;
        unixNanoseconds = found ? value * _nanosecondsPerUnit : 0;
        return found;
    }
}
