using System;
using System.Security.Cryptography;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;

namespace PerfConn.Connections;

/// <summary>
/// The heartbeat of one session: one timer, set to when the silence would be too long, so that a busy line costs a look every 20 s. When something arrived last it
/// sees in the session's <see cref="ReceiveProgress"/>.
/// </summary>
internal sealed class Pulse : IThreadPoolWorkItem, IDisposable
{
    /// <summary>
    /// So often the word that a peer is dead goes through the thread pool's queue before it counts. A timer's turn comes before all that waits there, and an answer that has arrived
    /// may be among it: its event, then whoever reads it (RELIABILITY B72).
    /// </summary>
    private const int Passes = 3;

    private const byte TextOpcode = 1;
    private const byte BinaryOpcode = 2;
    private const byte PingOpcode = (byte)ControlFrame.Ping;

    private readonly LineSession _session;
    private readonly Uri _address;
    private readonly TimeProvider _time;
    private readonly HeartbeatOptions _options;
    private readonly Heartbeat _heartbeat;
    private readonly long _start;
    private readonly ITimer _timer;
    private int _passes;
    private volatile bool _isOver;

    public Pulse(LineSession session, Uri address, HeartbeatOptions options, TimeProvider time)
    {
        _session = session;
        _address = address;
        _time = time;
        _options = options;
        _heartbeat = new Heartbeat(options);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Pulse)state!).Look(), this, _heartbeat.Due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why the connection was cut from here; null when it was not.</summary>
    public HeartbeatTimeoutException? Verdict { get; private set; }

    public void Dispose()
    {
        _isOver = true;
        _timer.Dispose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!_isOver)
        {
            Look();
        }
    }

    private void Look()
    {
        TimeSpan now = _time.GetElapsedTime(_start);
        if (now < _heartbeat.Due)
        {
            // Timers of the operating system may be early by a tick.
            _timer.Change(_heartbeat.Due - now, Timeout.InfiniteTimeSpan);
            return;
        }

        long last = _session.Progress.Received;
        switch (_heartbeat.Look(now, _time.GetElapsedTime(_start, last), _session.Progress.IsBusy))
        {
            case HeartbeatVerdict.Ping:
                Ping();
                break;
            case HeartbeatVerdict.GiveUp when _passes < Passes:
                _passes++;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            case HeartbeatVerdict.GiveUp:
                Verdict = new HeartbeatTimeoutException(_address, _time.GetElapsedTime(last));
                _session.Abort();
                return;
            default:
                break;
        }

        _passes = 0;
        _timer.Change(_heartbeat.Due - now, Timeout.InfiniteTimeSpan);
    }

    private void Ping()
    {
        _session.Pacer.RecordControl();
        if (_options.Style == HeartbeatStyle.ApplicationPing)
        {
            _session.Sender.TrySend(_options.IsText ? TextOpcode : BinaryOpcode, _options.Message.Span);
            return;
        }

        Span<byte> payload = stackalloc byte[8];
        RandomNumberGenerator.Fill(payload);
        _session.Sender.TrySend(PingOpcode, payload);
    }
}
