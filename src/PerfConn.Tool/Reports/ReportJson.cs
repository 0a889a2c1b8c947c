using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PerfConn.Tool.Reports;

/// <summary>Reports as one JSON object on one line. Keys are a contract: add, never rename.</summary>
internal static class ReportJson
{
    // The output is JSON for programs and no part of a page: µ and quotes may stand as they are.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, WatchReport report) => Write(output, report, static (json, report) =>
    {
        json.WriteString("url", report.Endpoint);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 6));
        json.WriteNumber("frames", report.Frames);
        json.WriteNumber("ticks", report.Ticks);
        json.WriteNumber("others", report.Others);
        json.WriteNumber("symbols", report.Symbols);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("allocatedBytes", report.AllocatedBytes);
        json.WriteNumber("gaps", report.Gaps);
        json.WriteNumber("dropped", report.Dropped);
        json.WriteNumber("reconnects", report.Reconnects);
        json.WriteNumber("closeCode", report.CloseCode);
        json.WriteString("closeReason", report.CloseReason);
        WriteAge(json, report.DataAge);
    });

    public static void Write(TextWriter output, DemoReport report) => Write(output, report, static (json, report) =>
    {
        json.WriteNumber("seconds", Math.Round(report.Seconds, 6));
        json.WriteNumber("lines", report.Lines);
        json.WriteNumber("frames", report.Frames);
        json.WriteNumber("ticks", report.Ticks);
        json.WriteNumber("symbols", report.Symbols);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("allocatedBytes", report.AllocatedBytes);
        json.WriteNumber("gaps", report.Gaps);
        json.WriteNumber("gapsUnannounced", report.GapsUnannounced);
        json.WriteNumber("reconnects", report.Reconnects);
        json.WriteNumber("rotations", report.Rotations);
        json.WriteNumber("streamsChecked", report.StreamsChecked);
        json.WriteNumber("confirmedSeconds", Math.Round(report.ConfirmedSeconds, 6));
        json.WriteNumber("firstTickSeconds", Math.Round(report.FirstTickSeconds, 6));
        WriteAge(json, report.DataAge);
    });

    public static void Write(TextWriter output, EchoReport report) => Write(output, report, static (json, report) =>
    {
        json.WriteString("url", report.Endpoint);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 6));
        json.WriteNumber("messages", report.Messages);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("reconnects", report.Reconnects);
        json.WriteNumber("closeCode", report.CloseCode);
        json.WriteString("closeReason", report.CloseReason);
    });

    public static void Write(TextWriter output, AutobahnReport report) => Write(output, report, static (json, report) =>
    {
        json.WriteString("url", report.Endpoint);
        json.WriteString("agent", report.Agent);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 6));
        json.WriteNumber("count", report.Count);
        json.WriteNumber("run", report.Run);
        json.WriteStartObject("verdicts");
        foreach ((string verdict, int cases) in report.Verdicts)
        {
            json.WriteNumber(verdict, cases);
        }

        json.WriteEndObject();
        json.WriteStartArray("remarkable");
        foreach ((int number, string verdict) in report.Remarkable)
        {
            json.WriteStartObject();
            json.WriteNumber("case", number);
            json.WriteString("verdict", verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write<TReport>(TextWriter output, TReport report, Action<Utf8JsonWriter, TReport> writeFields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            writeFields(json, report);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteAge(Utf8JsonWriter json, in DataAge age)
    {
        json.WriteStartObject("dataAgeUs");
        json.WriteNumber("count", age.Count);
        json.WriteNumber("p50", Microseconds(age.P50));
        json.WriteNumber("p90", Microseconds(age.P90));
        json.WriteNumber("p99", Microseconds(age.P99));
        json.WriteNumber("p999", Microseconds(age.P999));
        json.WriteNumber("max", Microseconds(age.Max));
        json.WriteEndObject();
    }

    private static double Microseconds(long nanoseconds) => Math.Round(nanoseconds / 1e3, 1);
}
