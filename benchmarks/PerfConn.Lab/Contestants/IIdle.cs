using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>A contestant that does nothing, with many connections: what it holds is measured.</summary>
internal interface IIdle
{
    /// <summary>What the process held when only one line stood.</summary>
    Holdings Before { get; }

    /// <summary>Lines made since.</summary>
    int Lines { get; }
}
