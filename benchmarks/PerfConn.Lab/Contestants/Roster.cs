using System;

namespace PerfConn.Lab.Contestants;

/// <summary>Every contestant of the lab's own.</summary>
internal static class Roster
{
    public static IContestant Create(ContestantArguments arguments) => arguments.Kind switch
    {
        "bytes" => new ByteCounter(arguments),
        "parse" => new ParseLoop(arguments),
        "clientwebsocket" => new ClientWebSocketLines(arguments, isTimed: false),
        "perfconn" => new PerfConnLines(arguments),
        "spin-latency" => new BareLatency(arguments, spins: true),
        "block-latency" => new BareLatency(arguments, spins: false),
        "clientwebsocket-latency" => new ClientWebSocketLines(arguments, isTimed: true),
        "perfconn-latency" => new PerfConnLatency(arguments),
        "send" => new BareSender(arguments),
        "clientwebsocket-send" => new ClientWebSocketSender(arguments),
        "perfconn-send" => new PerfConnSender(arguments),
        "spin-echo" => new BareEcho(arguments, spins: true),
        "block-echo" => new BareEcho(arguments, spins: false),
        "clientwebsocket-echo" => new ClientWebSocketEcho(arguments),
        "perfconn-echo" => new PerfConnEcho(arguments),
        "perfconn-reconnect" => new ReconnectingLine(arguments),
        "clientwebsocket-reconnect" => new ReconnectingClientWebSocket(arguments),
        "idle" => new IdleLines(arguments),
        "lane" => new LaneFlow(arguments),
        "lookup" => new SymbolLookup(arguments),
        _ => throw new ArgumentException($"no contestant is called {arguments.Kind}", nameof(arguments)),
    };
}
