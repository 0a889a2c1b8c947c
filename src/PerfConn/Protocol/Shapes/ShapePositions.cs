namespace PerfConn.Protocol.Shapes;

/// <summary>Where the fields of a message stand.</summary>
internal struct ShapePositions
{
    public int SymbolStart;
    public int SymbolEnd;
    public int ChannelStart;
    public int ChannelEnd;
    public int PayloadStart;
    public int PayloadEnd;
}
