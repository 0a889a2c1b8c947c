namespace PerfConn.Protocol;

/// <summary>What kind of JSON value stands somewhere.</summary>
public enum JsonKind
{
    /// <summary>No value: not found, or not JSON.</summary>
    None,

    /// <summary>A string; its raw value includes the quotes.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary>An object, from its opening to its closing brace.</summary>
    Object,

    /// <summary>An array, from its opening to its closing bracket.</summary>
    Array,
}
