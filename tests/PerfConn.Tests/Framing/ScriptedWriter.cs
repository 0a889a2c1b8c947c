using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>
/// An output that keeps what it is given. By its seed it completes a write at once, after a while on another thread, or blocks its thread; at the given write it
/// fails, having taken a part.
/// </summary>
internal sealed class ScriptedWriter(ulong seed, int failsAt = int.MaxValue) : WriteOnlyWriter
{
    private readonly SplitMix _random = new(seed);
    private readonly ArrayBufferWriter<byte> _taken = new();
    private int _inside;
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Everything written so far; look when no write is under way.</summary>
    public ReadOnlySpan<byte> Taken => _taken.WrittenSpan;

    public bool Overlapped { get; private set; }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Overlapped |= Interlocked.Increment(ref _inside) != 1;
        int number = Interlocked.Increment(ref _writes);
        switch (_random.Below(4))
        {
            case 0:
                await Task.Yield();
                break;
            case 1:
                await Task.Run(() => Thread.SpinWait(_random.Below(2000)), cancellationToken).ConfigureAwait(false);
                break;
            case 2:
                Thread.SpinWait(_random.Below(2000));
                break;
            default:
                break;
        }

        bool fails = number >= failsAt;
        _taken.Write(fails ? source.Span[..(source.Length / 2)] : source.Span);
        Interlocked.Decrement(ref _inside);
        return fails ? throw new IOException($"write {number}") : default(FlushResult);
    }
}
