using System;
using System.Diagnostics;

namespace PerfConn.Buffers;

/// <summary>
/// Bytes of a frame kept beyond the read that brought them: a reference on the pooled block they stand in. Release it exactly once,
/// by <see cref="Dispose"/>; the bytes are then no longer yours.
/// </summary>
/// <remarks>
/// A struct of 24 bytes: taking and releasing a lease allocates nothing. Copies share the one reference. A lease knows the life of the block it was taken in, and
/// throws <see cref="LeaseReleasedException"/> when that has ended; a pool that tracks its leases knows each one.
/// </remarks>
public readonly struct FrameLease : IDisposable, IEquatable<FrameLease>
{
    private readonly PinnedBlock? _block;
    private readonly int _offset;
    private readonly int _length;
    private readonly int _number;

    /// <summary>Takes over one reference that the caller has already added.</summary>
    internal FrameLease(PinnedBlock block, int offset, int length, int number)
    {
        Debug.Assert((uint)offset + (uint)length <= (uint)block.Array.Length, "a lease must lie inside its block");
        _block = block;
        _offset = offset;
        _length = length;
        _number = number;
    }

    /// <summary>The bytes. Valid until the lease is released.</summary>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            _block?.Check(_number);
            return _block is null ? default : _block.Array.AsSpan(_offset, _length);
        }
    }

    /// <summary>The bytes. Valid until the lease is released.</summary>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            _block?.Check(_number);
            return _block is null ? default : _block.Array.AsMemory(_offset, _length);
        }
    }

    /// <summary>Leases once more bytes that stand in this lease's block; copies those that do not. False when the limit of leased bytes is reached.</summary>
    internal bool TryLeaseAgain(ReadOnlySpan<byte> bytes, out FrameLease lease)
    {
        _block?.Check(_number);
        return _block is not null && _block.Holds(bytes)
            ? _block.TryLease(bytes, out lease)
            : CopyingLeaseSource.Shared.TryLease(bytes, out lease);
    }

    /// <summary>Releases the reference. The default value has none, and releasing it does nothing.</summary>
    /// <exception cref="LeaseReleasedException">It was released before.</exception>
    public void Dispose() => _block?.Release(_number);

    /// <inheritdoc/>
    public bool Equals(FrameLease other) =>
        ReferenceEquals(_block, other._block) && _offset == other._offset && _length == other._length && _number == other._number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FrameLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_block, _offset, _length, _number);

    /// <summary>Whether both are the same lease.</summary>
    public static bool operator ==(FrameLease left, FrameLease right) => left.Equals(right);

    /// <summary>Whether they are different leases.</summary>
    public static bool operator !=(FrameLease left, FrameLease right) => !left.Equals(right);
}
