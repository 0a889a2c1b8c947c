using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>PerfConn with its defaults: text validated, symbol found, a struct handler called inline. One line, or many that share a symbol map.</summary>
internal sealed class PerfConnLines(ContestantArguments arguments) : IContestant
{
    private readonly LineOptions _options = PerfConnOptions.Of(arguments) with { Symbols = new SymbolMap(ignoreCase: true) };
    private readonly Line[] _lines = new Line[arguments.Lines];

    public long Messages
    {
        get
        {
            long ticks = 0;
            foreach (Line line in _lines)
            {
                ticks += line.Statistics.Ticks;
            }

            return ticks;
        }
    }

    public async Task StartAsync()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            _lines[i] = arguments.Decodes ? await ConnectAsync(default(DecodeHandler)) : await ConnectAsync(default(NoHandler));
        }
    }

    private Task<Line> ConnectAsync<THandler>(THandler handler)
        where THandler : struct, ITickHandler =>
        Line.ConnectAsync(BinanceVenue.Spot.At(arguments.Url.AbsoluteUri), handler, _options);
}
