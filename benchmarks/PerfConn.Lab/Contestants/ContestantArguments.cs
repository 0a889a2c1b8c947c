using System;
using System.Collections.Generic;
using System.Globalization;
using PerfConn.Lab.Server;
using PerfConn.Transport;

namespace PerfConn.Lab.Contestants;

/// <summary>What a contestant's process is told: its kind, then names and values.</summary>
internal sealed class ContestantArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public ContestantArguments(ReadOnlySpan<string> arguments)
    {
        Kind = arguments[0];
        for (int i = 1; i + 1 < arguments.Length; i += 2)
        {
            _values[arguments[i]] = arguments[i + 1];
        }
    }

    public string Kind { get; }

    /// <summary>Where to connect to. Many full lines tell the server how many they are, so that it waits for the last one.</summary>
    public Uri Url => Text("--url", "ws://127.0.0.1/") is var url && Lines > 1 && url.Contains("/blast/", StringComparison.Ordinal)
        ? new Uri(string.Create(CultureInfo.InvariantCulture, $"{url}/{Lines}/{Environment.ProcessId}"))
        : new Uri(url);

    public TimeSpan WarmUp => TimeSpan.FromSeconds(Number("--warmup", 0.6));

    public TimeSpan Time => TimeSpan.FromSeconds(Number("--seconds", 1));

    /// <summary>Bytes that a message takes on the wire, for those who only count bytes.</summary>
    public double WireBytes => Number("--wire", StampedFrames.FrameSize);

    /// <summary>Connections.</summary>
    public int Lines => (int)Number("--lines", 1);

    /// <summary>How often the connection is cut.</summary>
    public int Cuts => (int)Number("--cuts", 1000);

    public ReceiveMode Mode => Enum.Parse<ReceiveMode>(Text("--mode", nameof(ReceiveMode.Async)));

    /// <summary>The core that a line's own thread is bound to; null for any.</summary>
    public int? Processor => _values.ContainsKey("--processor") ? (int)Number("--processor", 0) : null;

    /// <summary>Whether all fields of a tick are decoded.</summary>
    public bool Decodes => Text("--decode", "no") == "yes";

    public ShapeDeflate Deflate => Enum.Parse<ShapeDeflate>(Text("--deflate", nameof(ShapeDeflate.None)));

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    private double Number(string name, double otherwise) => _values.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
