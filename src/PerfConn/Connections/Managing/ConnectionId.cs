using System.Globalization;

namespace PerfConn.Connections.Managing;

/// <summary>Number of a connection in its <see cref="ConnectionManager"/>: 0 for the first, never given twice.</summary>
/// <param name="Value">The number.</param>
public readonly record struct ConnectionId(int Value)
{
    /// <summary>The first connection's.</summary>
    public static ConnectionId First => default;

    /// <summary>The number as an id.</summary>
    public static implicit operator ConnectionId(int value) => new(value);

    /// <summary>The id as a number.</summary>
    public static implicit operator int(ConnectionId id) => id.Value;

    /// <summary>The number as an id.</summary>
    public static ConnectionId FromInt32(int value) => new(value);

    /// <summary>The id as a number.</summary>
    public int ToInt32() => Value;

    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
