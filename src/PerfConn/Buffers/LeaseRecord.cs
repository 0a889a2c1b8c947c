namespace PerfConn.Buffers;

/// <summary>A lease that was taken and not released yet, as a pool that tracks its leases knows it.</summary>
/// <param name="Length">Bytes leased.</param>
/// <param name="TakenAt">The stack of the call that took it.</param>
public sealed record LeaseRecord(int Length, string TakenAt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Length} bytes taken at\n{TakenAt}";
}
