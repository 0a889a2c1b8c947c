using System;
using System.Threading;

namespace PerfConn.Diagnostics;

/// <summary>A connection attempt was given up by whoever asked for it. It is a cancellation that still knows how far the attempt had come.</summary>
/// <remarks>A transport factory may throw it in place of a bare <see cref="OperationCanceledException"/>; a line then names the stage when its deadline passes.</remarks>
public class ConnectCanceledException : OperationCanceledException
{
    /// <summary>Makes an exception without a stage of its own: connecting.</summary>
    public ConnectCanceledException()
        : this(ConnectStage.Connecting, null, null, default)
    {
    }

    /// <summary>Makes an exception without a stage of its own: connecting.</summary>
    public ConnectCanceledException(string message)
        : base(message) => Stage = ConnectStage.Connecting;

    /// <summary>Makes an exception without a stage of its own: connecting.</summary>
    public ConnectCanceledException(string message, Exception? innerException)
        : base(message, innerException) => Stage = ConnectStage.Connecting;

    /// <summary>Makes an exception.</summary>
    /// <param name="stage">What the attempt was doing.</param>
    /// <param name="detail">More about it, such as the addresses that were tried; without secrets. Null when there is nothing to add.</param>
    /// <param name="innerException">The cause.</param>
    /// <param name="cancellationToken">The token that gave the attempt up.</param>
    public ConnectCanceledException(ConnectStage stage, string? detail, Exception? innerException, CancellationToken cancellationToken)
        : base("The connection attempt was cancelled.", innerException, cancellationToken)
    {
        Stage = stage;
        Detail = detail;
    }

    /// <summary>What the attempt was doing.</summary>
    public ConnectStage Stage { get; }

    /// <summary>More about it; null when there is nothing to add.</summary>
    public string? Detail { get; }
}
