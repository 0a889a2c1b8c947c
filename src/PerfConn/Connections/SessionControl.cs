using PerfConn.Framing;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Connections;

/// <summary>What one session's receive loop has learnt from control frames.</summary>
internal sealed class SessionControl(int? maxFramesPerSecond, long timestampFrequency)
{
    private ControlRate _rate = new(maxFramesPerSecond, timestampFrequency);

    /// <summary>The code of the peer's Close frame; 1006 while there was none.</summary>
    public int PeerCloseCode { get; set; } = CloseFrame.Abnormal;

    /// <summary>Its reason, redacted.</summary>
    public string PeerCloseReason { get; set; } = "";

    /// <summary>Set when the peer sends more control frames than it may; the loop ends the session when it has parsed what it has read.</summary>
    public FrameFault Fault { get; private set; }

    /// <summary>Counts a control frame. False when there were too many.</summary>
    public bool TryTake(long now)
    {
        if (_rate.TryTake(now))
        {
            return true;
        }

        Fault = FrameFault.TooManyControlFrames;
        return false;
    }
}
