using System;
using PerfConn.Tests.Protocol.Shapes;

namespace PerfConn.Fuzz;

/// <summary>The strategies by which symbols are found. Oracle: readers that predict from all earlier inputs say what an exact scan says, and point at the same bytes.</summary>
internal sealed class ShapesTarget : IFuzzTarget
{
    private readonly ShapeTrial _shapes = new();
    private readonly PourTrial _pours = new();

    public string Name => "shapes";

    public void Run(ReadOnlySpan<byte> input)
    {
        if ((_shapes.Fault(input) ?? _pours.Fault(input)) is { } fault)
        {
            throw new OracleException(fault);
        }
    }
}
