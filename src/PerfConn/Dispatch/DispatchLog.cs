using System;
using Microsoft.Extensions.Logging;

namespace PerfConn.Dispatch;

/// <summary>Log messages of this folder: ids 600-699.</summary>
internal static partial class DispatchLog
{
    [LoggerMessage(600, LogLevel.Error, "A tick handler threw; the line goes on ({Count} so far)", EventName = "HandlerFault")]
    public static partial void HandlerFault(ILogger logger, Exception exception, long count);
}
