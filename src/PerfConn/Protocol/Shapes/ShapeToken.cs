namespace PerfConn.Protocol.Shapes;

/// <summary>A value in a learned layout that may be another in the next message: from its first byte to after its last; of a string only the content.</summary>
internal readonly record struct ShapeToken(short Start, short End, bool IsText);
