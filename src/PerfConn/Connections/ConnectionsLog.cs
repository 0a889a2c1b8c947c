using System;
using Microsoft.Extensions.Logging;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>Log messages of this folder: ids 800-899. Endpoints arrive here redacted.</summary>
internal static partial class ConnectionsLog
{
    [LoggerMessage(800, LogLevel.Information, "Line {Line} to {Endpoint} is live", EventName = "Live")]
    public static partial void Live(ILogger logger, string line, string endpoint);

    [LoggerMessage(801, LogLevel.Warning, "Line {Line} to {Endpoint} ended with {CloseCode}: {Reason}", EventName = "SessionEnded")]
    public static partial void SessionEnded(ILogger logger, string line, string endpoint, int closeCode, string reason);

    [LoggerMessage(802, LogLevel.Information, "Line {Line}: attempt {Attempt} in {Delay} ({Kind})", EventName = "Reconnecting")]
    public static partial void Reconnecting(ILogger logger, string line, int attempt, TimeSpan delay, LossKind kind);

    [LoggerMessage(803, LogLevel.Warning, "Line {Line}: attempt {Attempt} failed: {Reason}", EventName = "AttemptFailed")]
    public static partial void AttemptFailed(ILogger logger, string line, int attempt, string reason);

    [LoggerMessage(804, LogLevel.Information, "Line {Line} is closed ({CloseCode}: {Reason})", EventName = "Closed")]
    public static partial void Closed(ILogger logger, string line, int closeCode, string reason);

    [LoggerMessage(805, LogLevel.Warning, "Line {Line}: the venue announced that it will cut the line", EventName = "ShutdownNotice")]
    public static partial void ShutdownNotice(ILogger logger, string line);

    [LoggerMessage(806, LogLevel.Warning, "Line {Line}: the venue refused (code {Code}): {Text}", EventName = "VenueError")]
    public static partial void VenueError(ILogger logger, string line, int code, string text);

    [LoggerMessage(807, LogLevel.Error, "Line {Line}: unexpected failure in its own code; the session is given up", EventName = "Unexpected")]
    public static partial void Unexpected(ILogger logger, Exception exception, string line);

    [LoggerMessage(808, LogLevel.Warning, "Line {Line}: this transport cannot be read in mode {Mode}; it is read by the thread pool", EventName = "ReceiveModeFallback")]
    public static partial void ReceiveModeFallback(ILogger logger, string line, ReceiveMode mode);

    [LoggerMessage(809, LogLevel.Error, "Line {Line} is given up ({Kind}): {Why}", EventName = "GivenUp")]
    public static partial void GivenUp(ILogger logger, string line, LossKind kind, string why);

    [LoggerMessage(830, LogLevel.Error, "Line {Line}: its retry strategy failed; the default's delay is used", EventName = "StrategyFailed")]
    public static partial void StrategyFailed(ILogger logger, Exception exception, string line);

    [LoggerMessage(820, LogLevel.Warning, "Line {Line}: its thread could not be bound to processor {Processor}; it runs on any", EventName = "ProcessorNotBound")]
    public static partial void ProcessorNotBound(ILogger logger, string line, int processor);

    [LoggerMessage(819, LogLevel.Warning, "Line {Line}: the transport failed while it was closed; the line goes on without it", EventName = "ReleaseFailed")]
    public static partial void ReleaseFailed(ILogger logger, Exception exception, string line);

    [LoggerMessage(810, LogLevel.Information, "Line {Line}: {Compressed} compressed bytes became {Inflated}", EventName = "Inflated")]
    public static partial void Inflated(ILogger logger, string line, long compressed, long inflated);

    [LoggerMessage(811, LogLevel.Information, "Line {Line} has been rotated to {Endpoint} (generation {Generation})", EventName = "Rotated")]
    public static partial void Rotated(ILogger logger, string line, string endpoint, int generation);

    [LoggerMessage(812, LogLevel.Warning, "Line {Line}: the rotation failed, the old connection goes on: {Reason}", EventName = "RotationFailed")]
    public static partial void RotationFailed(ILogger logger, string line, string reason);

    [LoggerMessage(813, LogLevel.Warning, "Line {Line}: no spare connection: {Reason}", EventName = "SpareFailed")]
    public static partial void SpareFailed(ILogger logger, string line, string reason);

    [LoggerMessage(814, LogLevel.Warning, "Line {Line}: {Reason}", EventName = "SubscriptionLost")]
    public static partial void SubscriptionLost(ILogger logger, string line, string reason);

    [LoggerMessage(815, LogLevel.Error, "Line {Line}: a listener of its events threw", EventName = "ListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception, string line);

    [LoggerMessage(816, LogLevel.Warning, "Line {Line}: {Count} streams bring no data, {First} among them: {Step}", EventName = "Stale")]
    public static partial void Stale(ILogger logger, string line, int count, string first, Subscriptions.StaleStep step);

    [LoggerMessage(821, LogLevel.Warning, "Line {Line} is closed, but its receive loop has not come back {Patience} after its connection was cut: a handler or a listener does not return", EventName = "OwnerHeld")]
    public static partial void OwnerHeld(ILogger logger, string line, TimeSpan patience);

    [LoggerMessage(822, LogLevel.Warning, "Line {Line}: the handler behind a lane that ends has taken nothing for {Patience}; {Waiting} ticks wait for it", EventName = "LaneHeld")]
    public static partial void LaneHeld(ILogger logger, string line, TimeSpan patience, long waiting);
}
