namespace PerfConn.Tests.Symbols;

/// <summary>What a thread asked of a symbol map.</summary>
internal enum MapOperationKind
{
    Find,
    GetOrAdd,
    Count,
}
