using System;
using Microsoft.Extensions.Logging;

namespace PerfConn.Connections.Managing;

/// <summary>What a manager logs. Ids 860-869.</summary>
internal static partial class ManagingLog
{
    [LoggerMessage(860, LogLevel.Error, "Connection {ConnectionId}: an observer threw and is called no more", EventName = "ObserverFailed")]
    public static partial void ObserverFailed(ILogger logger, Exception exception, int? connectionId);
}
