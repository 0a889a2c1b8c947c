using System;
using System.Buffers;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace PerfConn.Connections.Managing;

/// <summary>The same text for every way to write the same JSON: fields in order of their names, no white space. What makes two subscriptions equal.</summary>
internal static class JsonKey
{
    /// <exception cref="ArgumentException">It is not JSON.</exception>
    public static string Of(ReadOnlyMemory<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 1);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            using var writer = new Utf8JsonWriter(output);
            Write(writer, document.RootElement);
        }
        catch (JsonException e)
        {
            throw new ArgumentException("The request is not JSON.", nameof(json), e);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
