namespace PerfConn.Simulator.Requests;

/// <summary>Why a request is refused, in the venue's codes and words.</summary>
/// <param name="Code">0 unknown property, 1 wrong type of value, 2 invalid request, 3 invalid JSON.</param>
/// <param name="Message">The text that goes with it.</param>
internal sealed record RequestError(int Code, string Message)
{
    public static RequestError UnknownProperty { get; } = new(0, "Unknown property");

    public static RequestError NotBoolean { get; } = new(1, "Invalid value type: expected Boolean");

    public static RequestError PropertyNotString { get; } = Invalid("property name must be a string");

    public static RequestError TooManyParameters { get; } = Invalid("too many parameters");

    public static RequestError Invalid(string what) => new(2, "Invalid request: " + what);

    public static RequestError InvalidJson(long line, long column) => new(3, $"Invalid JSON: expected value at line {line} column {column}");
}
