using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using PerfConn.Framing;

namespace PerfConn.Tests.Framing;

/// <summary>Writes down what a parser finds, one line each, so that two runs compare as lists and a difference reads well.</summary>
internal readonly struct RecordingSink(List<string> events) : IFrameSink
{
    public static string Message(ReadOnlySpan<byte> payload, bool isText) => (isText ? "text " : "binary ") + Show(payload);

    public static string Control(ControlFrame frame, ReadOnlySpan<byte> payload) => frame + " " + Show(payload);

    public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => events.Add(Message(payload, isText));

    public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => events.Add(Control(frame, payload));

    private static string Show(ReadOnlySpan<byte> payload) => payload.Length <= 200
        ? $"{payload.Length} [{Convert.ToHexString(payload)}]"
        : $"{payload.Length} sha256 {Convert.ToHexString(SHA256.HashData(payload))}";
}
