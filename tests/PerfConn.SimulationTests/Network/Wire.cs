using System;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Network;

/// <summary>One direction of a connection: bytes in, the same bytes out, later and in order. It ends in good order, by a reset, or swallows everything from some moment on.</summary>
internal sealed class Wire(World world, Weather weather, Action<ReadOnlyMemory<byte>, Action?> deliver, Action<bool> end)
{
    private TimeSpan _last;
    private bool _isEnded;

    /// <summary>Nothing comes out any more, not even what is under way.</summary>
    public bool IsSwallowing { get; set; }

    public void Send(ReadOnlyMemory<byte> bytes, Action? read = null)
    {
        if (_isEnded || bytes.IsEmpty)
        {
            return;
        }

        int cut = weather.Cut(bytes.Length);
        if (cut > 0)
        {
            ReadOnlyMemory<byte> first = bytes[..cut];
            Carry(() => deliver(first, null));
            bytes = bytes[cut..];
        }

        Carry(() => deliver(bytes, read));
    }

    /// <summary>The end of the stream, behind all that was sent; a reset says so.</summary>
    public void Finish(bool isReset)
    {
        if (!_isEnded)
        {
            _isEnded = true;
            Carry(() => end(isReset));
        }
    }

    /// <summary>What is sent from now on waits so long.</summary>
    public void Stall(TimeSpan span) => _last = Later(_last, world.Time.Elapsed + span);

    private void Carry(Action arrive)
    {
        TimeSpan now = world.Time.Elapsed;
        _last = Later(_last, now + weather.Delay());
        world.Time.Schedule(_last - now, () =>
        {
            if (!IsSwallowing)
            {
                arrive();
            }
        });
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
