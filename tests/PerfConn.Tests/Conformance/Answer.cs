using System;
using System.Security.Cryptography;
using System.Text;

namespace PerfConn.Tests.Conformance;

/// <summary>What a client answered, as text to compare: short payloads as they are, long ones by length and hash.</summary>
internal static class Answer
{
    private const int Longest = 256;

    public static string Of(string kind, string payload) => Of(kind, Encoding.UTF8.GetBytes(payload));

    public static string Of(string kind, ReadOnlySpan<byte> payload) => payload.Length > Longest
        ? $"{kind} {payload.Length} bytes {Convert.ToHexString(SHA256.HashData(payload).AsSpan(0, 8))}"
        : $"{kind} {(kind == "binary" ? Convert.ToHexString(payload) : kind == "pong" ? Encoding.Latin1.GetString(payload) : Encoding.UTF8.GetString(payload))}";
}
