using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Lab.Server;
using PerfConn.Symbols;

namespace PerfConn.Lab.Contestants;

/// <summary>
/// Bytes to id over 3,000 symbols in an order that no predictor learns: PerfConn's map, or a dictionary asked by span. With <c>--writer yes</c> another
/// thread adds 10,000 symbols a second meanwhile.
/// </summary>
internal sealed class SymbolLookup(ContestantArguments arguments) : IContestant
{
    private const int Symbols = 3000;
    private const int Asked = 64 * 1024;
    private const int AddsPerSecond = 10_000;
    private const int MostAdds = 500_000;

    private readonly SymbolMap _map = new();
    private readonly ConcurrentDictionary<byte[], int> _dictionary = new(new ByteComparer());
    private long _messages;
    private long _sum;

    public long Messages => Volatile.Read(ref _messages);

    public Task StartAsync()
    {
        byte[][] symbols = [.. Enumerable.Range(0, Symbols).Select(i => Name("S", i))];
        foreach (byte[] symbol in symbols)
        {
            Add(symbol);
        }

        // They stand one behind the other, as they do in a receive block.
        var random = new Random(7);
        var text = new List<byte>();
        var asked = new (int Start, int Length)[Asked];
        for (int i = 0; i < Asked; i++)
        {
            byte[] symbol = symbols[random.Next(Symbols)];
            asked[i] = (text.Count, symbol.Length);
            text.AddRange(symbol);
        }

        byte[] bytes = [.. text];
        bool isMap = arguments.Text("--map", "perfconn") == "perfconn";
        BareSocket.RunOnThread(() =>
        {
            while (true)
            {
                _sum += isMap ? AskMap(bytes, asked) : AskDictionary(bytes, asked);
                _messages += Asked;
            }
        });
        if (arguments.Text("--writer", "no") == "yes")
        {
            BareSocket.RunOnThread(Write);
        }

        return Task.CompletedTask;
    }

    private static byte[] Name(string first, int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{first}{"ABCDEF"[..(index % 6)]}{index}{(index % 3 == 0 ? "BTC" : "USDT")}"));

    private void Write()
    {
        var pace = new Pace(AddsPerSecond);
        for (int i = 0; i < MostAdds; i++)
        {
            pace.WaitNext();
            Add(Name("N", i));
        }
    }

    private void Add(byte[] symbol)
    {
        if (arguments.Text("--map", "perfconn") == "perfconn")
        {
            _map.GetOrAdd(symbol);
        }
        else
        {
            _dictionary.TryAdd(symbol, _dictionary.Count);
        }
    }

    private long AskMap(byte[] bytes, (int Start, int Length)[] asked)
    {
        long sum = 0;
        foreach ((int start, int length) in asked)
        {
            sum += _map.Find(bytes.AsSpan(start, length)).Value;
        }

        return sum;
    }

    private long AskDictionary(byte[] bytes, (int Start, int Length)[] asked)
    {
        long sum = 0;
        ConcurrentDictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach ((int start, int length) in asked)
        {
            sum += lookup.TryGetValue(bytes.AsSpan(start, length), out int id) ? id : 0;
        }

        return sum;
    }
}
