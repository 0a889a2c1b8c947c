namespace PerfConn.Transport;

/// <summary>An input that can tell when the operating system received what the last read brought.</summary>
internal interface IArrivalInput
{
    /// <summary>
    /// Arrival of the newest segment of the last read, on the clock of the line's timestamps; 0 when it is not known.
    /// </summary>
    long LastArrival { get; }
}
