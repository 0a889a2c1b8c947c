using System;
using System.Collections.Generic;

namespace PerfConn.Fuzz;

/// <summary>Makes new inputs out of old ones: flips, overwrites with telling values, inserts, deletes, splices. The same seed makes the same ones.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[] s_telling = [0x00, 0x01, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89, 0xC0, 0xED, 0xF4, 0xFF, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'\r', (byte)'\n'];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = new List<byte>(corpus[_random.Next(corpus.Count)]);
        int steps = 1 + _random.Next(8);
        for (int i = 0; i < steps; i++)
        {
            Mutate(bytes);
        }

        return [.. bytes];
    }

    private void Mutate(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count + 1);
        switch (_random.Next(6))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = s_telling[_random.Next(s_telling.Length)];
                break;
            case 2:
                bytes.Insert(at, s_telling[_random.Next(s_telling.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(_random.Next(1, 9), bytes.Count - at));
                break;
            case 4:
                byte[] other = corpus[_random.Next(corpus.Count)];
                bytes.InsertRange(at, other.AsSpan(_random.Next(other.Length + 1)).ToArray());
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
