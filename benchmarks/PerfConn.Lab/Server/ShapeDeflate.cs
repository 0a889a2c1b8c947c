namespace PerfConn.Lab.Server;

/// <summary>How messages are compressed (permessage-deflate).</summary>
internal enum ShapeDeflate
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each refers to those before it.</summary>
    Kept,

    /// <summary>Each stands for itself.</summary>
    Fresh,
}
