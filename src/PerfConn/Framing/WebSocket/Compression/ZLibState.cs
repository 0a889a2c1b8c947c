using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>What the runtime's zlib door is given at each call (<c>PAL_ZStream</c>): where input stands and output goes. zlib's own state hangs on it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZLibState
{
    public byte* NextIn;
    public byte* NextOut;
    public byte* Message;
    public void* InternalState;
    public uint AvailableIn;
    public uint AvailableOut;
}
