using System;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>
/// One zlib stream of raw deflate data, in either direction. A call under way holds a reference: whoever disposes meanwhile, the native memory is
/// freed when the call has returned, and later calls throw (dotnet/runtime#86960 crashed there).
/// </summary>
/// <remarks>Calls are made by one thread at a time; <see cref="SafeHandle.Dispose()"/> by any. Allocates nothing per call.</remarks>
internal sealed unsafe class ZLibContext : SafeHandle
{
    private const int DefaultLevel = 6;
    private const int Deflated = 8;
    private const int DefaultMemoryLevel = 8;

    private readonly bool _inflates;
    private readonly int _windowBits;

    private ZLibContext(bool inflates, int windowBits)
        : base(0, ownsHandle: true)
    {
        Debug.Assert(windowBits is >= 9 and <= 15, "raw deflate data has windows of 9 to 15 bits with zlib; 8 is the caller's matter");
        _inflates = inflates;

        // zlib takes a negative number for raw data: no header, no checksum.
        _windowBits = -windowBits;
        var state = (ZLibState*)NativeMemory.AllocZeroed((nuint)sizeof(ZLibState));
        ZLibResult result = inflates
            ? ZLib.InflateInit(state, _windowBits)
            : ZLib.DeflateInit(state, DefaultLevel, Deflated, _windowBits, DefaultMemoryLevel, strategy: 0);
        if (result != ZLibResult.Ok)
        {
            NativeMemory.Free(state);
            throw new InvalidOperationException($"zlib could not be set up ({(int)result}).");
        }

        SetHandle((nint)state);
    }

    public override bool IsInvalid => handle == 0;

    public static ZLibContext CreateInflater(int windowBits) => new(inflates: true, windowBits);

    public static ZLibContext CreateDeflater(int windowBits) => new(inflates: false, windowBits);

    /// <summary>Runs zlib once; gives how much it took and wrote.</summary>
    /// <exception cref="ObjectDisposedException">The context has been disposed.</exception>
    public ZLibResult Run(ReadOnlySpan<byte> input, Span<byte> output, ZLibFlush flush, out int taken, out int written)
    {
        bool isHeld = false;
        try
        {
            DangerousAddRef(ref isHeld);
            var state = (ZLibState*)handle;
            fixed (byte* source = input)
            fixed (byte* destination = output)
            {
                state->NextIn = source;
                state->AvailableIn = (uint)input.Length;
                state->NextOut = destination;
                state->AvailableOut = (uint)output.Length;
                ZLibResult result = _inflates ? ZLib.Inflate(state, flush) : ZLib.Deflate(state, flush);
                taken = input.Length - (int)state->AvailableIn;
                written = output.Length - (int)state->AvailableOut;
                return result;
            }
        }
        finally
        {
            if (isHeld)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Forgets all history: an inflater only. A deflater forgets by <see cref="ZLibFlush.Full"/>.</summary>
    public void Reset()
    {
        Debug.Assert(_inflates, "the runtime's door has no reset for a deflater");
        bool isHeld = false;
        try
        {
            DangerousAddRef(ref isHeld);
            _ = ZLib.InflateReset((ZLibState*)handle, _windowBits);
        }
        finally
        {
            if (isHeld)
            {
                DangerousRelease();
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        var state = (ZLibState*)handle;
        _ = _inflates ? ZLib.InflateEnd(state) : ZLib.DeflateEnd(state);
        NativeMemory.Free(state);
        return true;
    }
}
