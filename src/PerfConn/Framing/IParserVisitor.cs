namespace PerfConn.Framing;

/// <summary>Who drives a parser without knowing its type until it is handed over.</summary>
internal interface IParserVisitor<TResult>
{
    TResult Visit<TParser>(TParser parser)
        where TParser : struct, IFrameParser;
}
