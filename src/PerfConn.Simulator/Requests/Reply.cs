using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PerfConn.Simulator.Requests;

/// <summary>Writes answers: <c>{"result":…,"id":…}</c> or <c>{"error":{"code":…,"msg":"…"},"id":…}</c>.</summary>
internal static class Reply
{
    // The venue writes backticks and apostrophes as they are; nothing here ends up in HTML.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Done(Request request) => Write(request, static json => json.WriteNull("result"));

    public static byte[] Value(Request request, bool value) => Write(request, json => json.WriteBoolean("result", value));

    public static byte[] List(Request request, IEnumerable<string> streams) => Write(request, json =>
    {
        json.WriteStartArray("result");
        foreach (string stream in streams)
        {
            json.WriteStringValue(stream);
        }

        json.WriteEndArray();
    });

    public static byte[] Refused(Request request, RequestError error) => Write(request, json =>
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", error.Code);
        json.WriteString("msg", error.Message);
        json.WriteEndObject();
    });

    private static byte[] Write(Request request, Action<Utf8JsonWriter> result)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, s_options))
        {
            json.WriteStartObject();
            result(json);
            json.WritePropertyName("id");
            json.WriteRawValue(request.Id, skipInputValidation: true);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
