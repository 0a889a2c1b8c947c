using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace PerfConn.Simulator.Deriv;

/// <summary>How messages are written, without reflection.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class DerivJson : JsonSerializerContext;
