using System.Collections.Generic;
using PerfConn.Subscriptions;

namespace PerfConn.SimulationTests.Users;

/// <summary>One subscription that a user holds.</summary>
internal sealed record SimSubscription(Subscription Subscription, SimHandler Handler, IReadOnlyList<string> Streams);
