using System;
using System.Diagnostics;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Connections.Managing;

/// <summary>A message as a request's or a subscription's owner gets it: copied once out of the receive block, and the owner's own.</summary>
/// <param name="Payload">Its bytes, UTF-8.</param>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct JsonReply(ReadOnlyMemory<byte> Payload)
{
    /// <summary>The fields at its top.</summary>
    public JsonFields Fields => new(Payload.Span);

    /// <summary>The fields of an object in a field at its top; empty when there is none.</summary>
    public JsonFields FieldsOf(ReadOnlySpan<byte> key) => Fields.TryGet(key, out ReadOnlySpan<byte> value, out JsonKind kind) && kind == JsonKind.Object ? new(value) : default;

    /// <summary>The text; allocates.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Payload.Span);
}
