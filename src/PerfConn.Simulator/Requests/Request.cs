using System.Collections.Generic;

namespace PerfConn.Simulator.Requests;

/// <summary>A request, read and checked: either what is asked for, or why it is refused.</summary>
internal sealed record Request
{
    /// <summary>The id as it was sent, quotes and escapes included; "null" when there was none.</summary>
    public byte[] Id { get; init; } = "null"u8.ToArray();

    public RequestMethod Method { get; init; }

    /// <summary>Names of streams, for the methods that take them.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>The new value of <c>combined</c>, for the method that sets it.</summary>
    public bool Value { get; init; }

    /// <summary>Why the request is refused; null when it is good.</summary>
    public RequestError? Error { get; init; }
}
