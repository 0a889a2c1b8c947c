using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>The zlib that every .NET runtime ships, through the door that its own <c>DeflateStream</c> and WebSocket use. The README says why not a stream.</summary>
internal static unsafe partial class ZLib
{
    private const string Library = "libSystem.IO.Compression.Native";

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    public static partial ZLibResult InflateInit(ZLibState* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    public static partial ZLibResult InflateReset(ZLibState* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    public static partial ZLibResult Inflate(ZLibState* stream, ZLibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    public static partial ZLibResult InflateEnd(ZLibState* stream);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    public static partial ZLibResult DeflateInit(ZLibState* stream, int level, int method, int windowBits, int memoryLevel, int strategy);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Deflate")]
    public static partial ZLibResult Deflate(ZLibState* stream, ZLibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    public static partial ZLibResult DeflateEnd(ZLibState* stream);
}
