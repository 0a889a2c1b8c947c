using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Users;

/// <summary>What a line is given from outside.</summary>
internal sealed record SimVenueParts(ITransportFactory Transport, SymbolMap Symbols);
