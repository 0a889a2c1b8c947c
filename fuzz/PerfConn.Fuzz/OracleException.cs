using System;

namespace PerfConn.Fuzz;

/// <summary>An input has broken a promise that holds for all inputs.</summary>
public sealed class OracleException(string message) : Exception(message);
