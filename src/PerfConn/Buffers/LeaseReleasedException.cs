using System;

namespace PerfConn.Buffers;

/// <summary>
/// A lease was used, or released again, after it had been released: its block may hold other bytes by now. Always noticed when the block has gone back to its
/// pool; at once, and with the places, when the pool tracks its leases (<see cref="BlockPool.TracksLeases"/>).
/// </summary>
public sealed class LeaseReleasedException : ObjectDisposedException
{
    internal LeaseReleasedException(string message)
        : base(nameof(FrameLease), message)
    {
    }
}
