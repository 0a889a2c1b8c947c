using System;
using System.Buffers;
using System.Text;
using System.Text.Json;
using PerfConn.Connections.Managing;
using PerfConn.Protocol;

namespace PerfConn.Venues.Deriv;

/// <summary>
/// Deriv's API as a request protocol: <c>req_id</c>, <c>error</c> with <c>code</c> and <c>message</c>, streams with <c>"subscribe":1</c> whose messages carry <c>subscription.id</c>, <c>forget</c>
/// and <c>forget_all</c> (developers.deriv.com; schema binary-com/websockets config/v3).
/// </summary>
/// <remarks>The echo of the request comes first in every message, and may be an array: only fields at the top are looked at. No state; thread-safe.</remarks>
public sealed class DerivProtocol() : JsonRequestProtocol("req_id"), ISubscriptionProtocol
{
    /// <summary>The one.</summary>
    public static DerivProtocol Instance { get; } = new();

    /// <inheritdoc/>
    public override bool TryRead(ReadOnlySpan<byte> message, out ReplyMark mark)
    {
        bool isGood = base.TryRead(message, out mark);
        if (isGood && new JsonFields(message).TryGet("subscription"u8, out ReadOnlySpan<byte> subscription, out JsonKind kind) && kind == JsonKind.Object
            && new JsonFields(subscription).TryGetText("id"u8, out ReadOnlySpan<byte> id))
        {
            mark = new ReplyMark { RequestId = mark.RequestId, IsError = mark.IsError, ErrorCode = mark.ErrorCode, ErrorMessage = mark.ErrorMessage, SubscriptionId = id };
        }

        return isGood;
    }

    /// <inheritdoc/>
    public void WriteSubscribe(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        bool isEmpty = true;
        bool isSubscribe = false;
        JsonFields.Enumerator fields = new JsonFields(payload).GetEnumerator();
        while (fields.MoveNext())
        {
            isEmpty = false;
            isSubscribe |= fields.Current.Key.SequenceEqual("subscribe"u8);
        }

        if (!fields.IsComplete || isEmpty)
        {
            throw new ArgumentException("The request is not a JSON object that says what to subscribe to.", nameof(payload));
        }

        output.Write(isSubscribe ? payload : payload[..payload.LastIndexOf((byte)'}')]);
        output.Write(isSubscribe ? default : ",\"subscribe\":1}"u8);
    }

    /// <inheritdoc/>
    public void WriteForget(string subscriptionId, IBufferWriter<byte> output) => Write(output, "forget"u8, subscriptionId);

    /// <inheritdoc/>
    public void WriteForgetAll(string kind, IBufferWriter<byte> output) => Write(output, "forget_all"u8, kind);

    /// <summary>The first field's name, which is Deriv's name of the stream; candles are asked for as a style of <c>ticks_history</c>, whose other style is ticks.</summary>
    public string KindOf(ReadOnlySpan<byte> payload)
    {
        var fields = new JsonFields(payload);
        if (fields.TryGet("ticks_history"u8, out _, out _))
        {
            return fields.TryGetText("style"u8, out ReadOnlySpan<byte> style) && style.SequenceEqual("candles"u8) ? "candles" : "ticks";
        }

        foreach (JsonField field in fields)
        {
            if (!field.Key.SequenceEqual("subscribe"u8) && !field.Key.SequenceEqual("passthrough"u8))
            {
                return Encoding.UTF8.GetString(field.Key);
            }
        }

        return "";
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, string value)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}
