using System;

namespace PerfConn.Protocol.Shapes;

/// <summary>The exact way to a field: from the root, key by key, with <see cref="JsonFields"/>. What every prediction is held to.</summary>
internal static class ShapePath
{
    /// <summary>Finds the value at a path.</summary>
    /// <returns>False when there is none, or when an object on the way to it is not closed.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> path, out ReadOnlySpan<byte> raw, out JsonKind kind)
    {
        raw = json;
        while (true)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> key = slash < 0 ? path : path[..slash];
            if (!new JsonFields(raw).TryGet(key, out raw, out kind))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            if (kind != JsonKind.Object)
            {
                return false;
            }

            path = path[(slash + 1)..];
        }
    }

    /// <summary>Finds a string, without its quotes, or a number.</summary>
    public static bool TryFindText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> path, out ReadOnlySpan<byte> text)
    {
        bool found = TryFind(json, path, out text, out JsonKind kind);
        text = kind == JsonKind.String ? text[1..^1] : text;
        return found && kind is JsonKind.String or JsonKind.Number;
    }
}
