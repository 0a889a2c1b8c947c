using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;

namespace PerfConn.Simulator.Sessions;

/// <content>What goes out. Answers and control frames go between two batches of ticks, so that none waits for more than one.</content>
internal sealed partial class Session
{
    /// <summary>Writes that complete on the spot before the thread is given to others for once.</summary>
    private const int WritesPerTurn = 16;

    /// <summary>Where ticks are rendered: some 550 book tickers, in some 15 microseconds. What waits for a batch does not wait long.</summary>
    private readonly PinnedBlock _ticks;

    private async Task WriteAsync()
    {
        try
        {
            int turn = 0;
            while (Next(out Batch batch))
            {
                if (batch.Bytes.IsEmpty)
                {
                    turn = 0;
                    await _wake.WaitAsync().ConfigureAwait(false);
                    continue;
                }

                ValueTask<FlushResult> write = _transport.Output.WriteAsync(batch.Bytes);
                turn = write.IsCompleted ? turn + 1 : 0;
                FlushResult result = await write.ConfigureAwait(false);
                _venue.Counters.Sent(batch);
                batch.Complete();
                if (result.IsCompleted || result.IsCanceled)
                {
                    break;
                }

                if (turn == WritesPerTurn)
                {
                    turn = 0;
                    await Task.Yield();
                }
            }
        }
        catch (Exception)
        {
            // Whatever a transport throws: the peer is gone. The reader is told below, and says so.
        }

        // In good order everything has been sent and the peer has closed; otherwise this frees the reader.
        if (!IsReaderDone())
        {
            Cut();
        }
    }

    private bool IsReaderDone()
    {
        lock (_lock)
        {
            return _readerEnded;
        }
    }

    /// <summary>Finds what to send next. False when nothing will follow.</summary>
    private bool Next(out Batch batch)
    {
        lock (_lock)
        {
            batch = default;
            if (_outbox.PendingBytes > 0)
            {
                batch = _outbox.Take();
            }
            else if (_readerEnded)
            {
                return false;
            }
            else if (!_closeSent)
            {
                batch = RenderTicks();
            }

            return true;
        }
    }

    private Batch RenderTicks()
    {
        if (_venue.IsPaused || !_subscriptions.IsLive)
        {
            _pacer.Stop();
            return default;
        }

        long now = _venue.Time.GetTimestamp();
        long due = _pacer.Due(now);
        if (due == 0)
        {
            double wait = (double)_pacer.UntilNext(now) / _venue.Time.TimestampFrequency;
            _ticksDue.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(Math.Ceiling(wait * 1000), int.MaxValue))), Timeout.InfiniteTimeSpan);
            return default;
        }

        (int bytes, int ticks) = _subscriptions.Render(_ticks.Array, due, _venue.Time.GetUtcNow());
        _pacer.Spend(ticks);
        return new Batch(_ticks.Array.AsMemory(0, bytes), ticks, ticks, Waiters: null);
    }
}
