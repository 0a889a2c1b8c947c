namespace PerfConn.Tests.Conformance;

/// <summary>The five kinds of data of group 12, in its order; our own, of the same nature and well above the longest message.</summary>
internal enum CompressionData
{
    /// <summary>12.1, and all of group 13: a large JSON file, sent as text. Characters of one to four bytes.</summary>
    Json,

    /// <summary>12.2: a picture without compression, sent as binary.</summary>
    Bitmap,

    /// <summary>12.3: a play in German, sent as binary.</summary>
    Prose,

    /// <summary>12.4: a large HTML file, sent as text.</summary>
    Html,

    /// <summary>12.5: a PDF, most of it compressed already, sent as binary.</summary>
    Document,
}
