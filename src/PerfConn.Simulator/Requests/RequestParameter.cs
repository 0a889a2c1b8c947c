using System.Text.Json;

namespace PerfConn.Simulator.Requests;

/// <summary>One element of <c>params</c>.</summary>
/// <param name="Kind">Its JSON type; arrays and objects are not looked into.</param>
/// <param name="Text">Its value when it is a string.</param>
internal readonly record struct RequestParameter(JsonTokenType Kind, string? Text);
