using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Managing;

/// <summary>Settings of a <see cref="ConnectionManager"/>.</summary>
public sealed record ConnectionManagerOptions
{
    /// <summary>What stands around every request of every connection, the first outermost. Default: nothing.</summary>
    public IReadOnlyList<IRequestMiddleware> Middleware { get; init; } = [];

    /// <summary>
    /// Events that one subscriber of <see cref="ConnectionManager.Events"/> may have waiting, from 1. When there is no room the least important go first, the oldest of them before the
    /// newest, and are counted. Default: 10.
    /// </summary>
    public int EventCapacity { get; init; } = 10;

    /// <summary>Messages of a subscription that one subscriber may have waiting, from 1; the oldest go first, and a gap marker tells how many. Default: 1,024.</summary>
    public int SubscriptionCapacity { get; init; } = 1024;

    /// <summary>Who tells of changes in this machine's network; null for nobody. Default: the operating system.</summary>
    public INetworkMonitor? Network { get; init; } = SystemNetworkMonitor.Instance;

    /// <summary>Where time comes from for requests. Lines have their own (<see cref="LineOptions.TimeProvider"/>). Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the manager logs to. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Throws when the options cannot be used; names all that is wrong.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public void Validate() => new OptionsCheck()
        .That(Middleware is not null && Middleware.All(each => each is not null), "Middleware must neither be null nor hold null")
        .Between(EventCapacity, 1, BufferBounds.MaxCapacity)
        .Between(SubscriptionCapacity, 1, BufferBounds.MaxCapacity)
        .NotNull(TimeProvider)
        .NotNull(Logger)
        .Throw();
}
