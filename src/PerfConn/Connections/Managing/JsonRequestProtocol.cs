using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Connections.Managing;

/// <summary>
/// Requests and replies that are JSON objects with a number in a field at their top: <c>{"ping":1,"req_id":7}</c>. A reply with a field <c>error</c> at its top, an object of
/// <c>code</c> and <c>message</c> (or <c>msg</c>), is a refusal.
/// </summary>
/// <remarks>Numbers are found by walking over the top-level fields, so what an echo of the request carries inside does not mislead. Reading allocates nothing.</remarks>
public class JsonRequestProtocol : IRequestProtocol
{
    private readonly byte[] _field;

    /// <summary>Makes a protocol.</summary>
    /// <param name="field">Name of the field that carries the number; printable ASCII without quotes and backslashes.</param>
    /// <exception cref="ArgumentException">The name is empty or would need escapes.</exception>
    public JsonRequestProtocol(string field)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (field.AsSpan().ContainsAnyExceptInRange(' ', '~') || field.AsSpan().ContainsAny('"', '\\'))
        {
            throw new ArgumentException("A field's name must be printable ASCII without quotes and backslashes.", nameof(field));
        }

        _field = Encoding.ASCII.GetBytes(field);
    }

    /// <summary>The field <c>req_id</c>, as Deriv has it.</summary>
    public static JsonRequestProtocol ReqId { get; } = new("req_id");

    /// <summary>The field <c>id</c>, as Binance and JSON-RPC have it.</summary>
    public static JsonRequestProtocol Id { get; } = new("id");

    /// <inheritdoc/>
    public virtual void WriteRequest(ReadOnlySpan<byte> payload, long id, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        bool isEmpty = true;
        JsonFields.Enumerator fields = new JsonFields(payload).GetEnumerator();
        while (fields.MoveNext())
        {
            isEmpty = false;
            if (fields.Current.Key.SequenceEqual(_field))
            {
                throw new ArgumentException($"The request has a field '{Encoding.ASCII.GetString(_field)}' already; requests are numbered by the connection.", nameof(payload));
            }
        }

        if (!fields.IsComplete)
        {
            throw new ArgumentException("The request is not a JSON object.", nameof(payload));
        }

        int brace = payload.LastIndexOf((byte)'}');
        output.Write(payload[..brace]);
        output.Write(isEmpty ? "\""u8 : ",\""u8);
        output.Write(_field);
        output.Write("\":"u8);
        Utf8Formatter.TryFormat(id, output.GetSpan(20), out int length);
        output.Advance(length);
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public virtual bool TryRead(ReadOnlySpan<byte> message, out ReplyMark mark)
    {
        long? id = null;
        bool isError = false;
        ReadOnlySpan<byte> code = default;
        ReadOnlySpan<byte> words = default;
        JsonFields.Enumerator fields = new JsonFields(message).GetEnumerator();
        while (fields.MoveNext())
        {
            JsonField field = fields.Current;
            if (id is null && field.Key.SequenceEqual(_field))
            {
                id = Utf8Integer.TryParse(Unquoted(field), out long number) ? number : null;
            }
            else if (field.Key.SequenceEqual("error"u8) && field.Kind != JsonKind.Null)
            {
                isError = true;
                ReadError(field.Value, out code, out words);
            }
        }

        mark = new ReplyMark { RequestId = id, IsError = isError, ErrorCode = code, ErrorMessage = words };
        return fields.IsComplete;
    }

    private static void ReadError(ReadOnlySpan<byte> error, out ReadOnlySpan<byte> code, out ReadOnlySpan<byte> words)
    {
        code = default;
        words = default;
        foreach (JsonField field in new JsonFields(error))
        {
            if (field.Key.SequenceEqual("code"u8))
            {
                code = Unquoted(field);
            }
            else if (field.Key.SequenceEqual("message"u8) || field.Key.SequenceEqual("msg"u8))
            {
                words = Unquoted(field);
            }
        }
    }

    private static ReadOnlySpan<byte> Unquoted(scoped in JsonField field) => field.Kind == JsonKind.String ? field.Value[1..^1] : field.Value;
}
