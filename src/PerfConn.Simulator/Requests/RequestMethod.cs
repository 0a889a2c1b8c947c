namespace PerfConn.Simulator.Requests;

/// <summary>What a client can ask for.</summary>
internal enum RequestMethod
{
    /// <summary><c>SUBSCRIBE</c></summary>
    Subscribe,

    /// <summary><c>UNSUBSCRIBE</c></summary>
    Unsubscribe,

    /// <summary><c>LIST_SUBSCRIPTIONS</c></summary>
    ListSubscriptions,

    /// <summary><c>SET_PROPERTY</c></summary>
    SetProperty,

    /// <summary><c>GET_PROPERTY</c></summary>
    GetProperty,
}
