using System.Text.Json.Nodes;

namespace PerfConn.Simulator.Deriv;

/// <summary>A stream of ticks on one connection.</summary>
/// <param name="Id">Its subscription id.</param>
/// <param name="Symbol">Of which symbol.</param>
/// <param name="Request">The request that began it, which every message of it echoes.</param>
internal sealed record DerivStream(string Id, string Symbol, JsonObject Request)
{
    private const long FirstEpoch = 1_753_105_783;
    private long _ticks;

    /// <summary>A message of it, the echo in front.</summary>
    public JsonObject Message(decimal quote)
    {
        JsonObject message = DerivCalls.Envelope(Request, "tick", Tick(quote));
        message["subscription"] = new JsonObject { ["id"] = Id };
        return message;
    }

    private JsonObject Tick(decimal quote) => new()
    {
        ["ask"] = quote + 1,
        ["bid"] = quote - 1,
        ["epoch"] = FirstEpoch + _ticks++,
        ["id"] = Id,
        ["pip_size"] = 2,
        ["quote"] = quote,
        ["symbol"] = Symbol,
    };
}
