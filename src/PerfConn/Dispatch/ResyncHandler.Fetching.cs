using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <content>Snapshots: asking for them, and joining deltas to them.</content>
public sealed partial class ResyncHandler<TProtocol, TSnapshot, THandler>
{
    /// <summary>Forgets what waits and asks for a snapshot.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="stream">Its state.</param>
    /// <param name="attempts">Fetches that count against the limit already.</param>
    private void Begin(SymbolId symbol, ResyncStream stream, int attempts)
    {
        bool wasLive = stream.State is ResyncState.Synced or ResyncState.Joining or ResyncState.Unsynced;
        stream.Clear();
        stream.Attempts = attempts;
        stream.State = ResyncState.Fetching;
        if (wasLive)
        {
            _options.Resyncing?.Invoke(symbol, true);
        }

        Fetch(symbol, stream, new SnapshotException("the deltas that waited were too many, or did not join"));
    }

    private void Fetch(SymbolId symbol, ResyncStream stream, Exception reason)
    {
        // Whatever is under way is for an older state of affairs.
        stream.Generation++;
        if (stream.Attempts == _options.MaxAttempts)
        {
            stream.Clear();
            stream.State = ResyncState.Failed;
            _handler.OnResyncFailed(symbol, reason);
            return;
        }

        _fetch(symbol, stream.Generation, DelayOf(stream.Attempts++));
    }

    /// <summary>None before the first attempt; then full jitter under a limit that doubles.</summary>
    private TimeSpan DelayOf(int attempts) => attempts == 0
        ? TimeSpan.Zero
        : _random.NextDouble() * TimeSpan.FromTicks((long)Math.Min(_options.MaxDelay.Ticks, _options.Delay.Ticks * Math.Pow(2, attempts - 1)));

    private void TakeAnswers()
    {
        while (_answers.TryDequeue(out Answer answer))
        {
            Interlocked.Decrement(ref _waiting);
            ResyncStream stream = StreamOf(answer.Symbol);
            if (answer.Generation != stream.Generation || stream.State != ResyncState.Fetching)
            {
                continue;
            }

            if (answer.Error is not null)
            {
                Fetch(answer.Symbol, stream, answer.Error);
            }
            else
            {
                Stitch(answer.Symbol, stream, answer.Snapshot!);
            }
        }
    }

    private void Stitch(SymbolId symbol, ResyncStream stream, TSnapshot snapshot)
    {
        long last = snapshot.LastSequence;
        while (stream.Buffer.TryPeek(out ResyncStream.Delta old) && old.Span.Last <= last)
        {
            stream.Buffer.Dequeue().Return();
        }

        if (stream.Buffer.TryPeek(out ResyncStream.Delta first) && first.Span.After > last)
        {
            // Older than what waits: deltas are missing in between. The deltas stay, a later snapshot will reach them.
            Fetch(symbol, stream, new SnapshotException($"the snapshot ends at {last}, and the deltas begin after {first.Span.After}"));
            return;
        }

        stream.Snapshot = last;
        stream.State = stream.Buffer.Count > 0 ? ResyncState.Synced : ResyncState.Joining;
        Volatile.Write(ref _resyncs, _resyncs + 1);
        _options.Resyncing?.Invoke(symbol, false);
        try
        {
            _handler.OnSnapshot(symbol, in snapshot);
        }
        finally
        {
            Drain(symbol, stream);
        }
    }

    /// <summary>Delivers what has waited. A handler that throws costs its own tick and nothing else.</summary>
    private void Drain(SymbolId symbol, ResyncStream stream)
    {
        while (stream.Buffer.TryDequeue(out ResyncStream.Delta delta))
        {
            try
            {
                _handler.OnTick(new Tick(symbol, _channel, delta.Payload, delta.Timestamp));
            }
            catch
            {
                Drain(symbol, stream);
                throw;
            }
            finally
            {
                delta.Return();
            }
        }
    }

    private void StartFetch(SymbolId symbol, int generation, TimeSpan delay) =>
        _ = Task.Run(() => FetchAsync(symbol, generation, delay, _closing.Token), CancellationToken.None);

    /// <summary>Its own failures are answers too; only closing leaves it without one.</summary>
    private async Task FetchAsync(SymbolId symbol, int generation, TimeSpan delay, CancellationToken closing)
    {
        try
        {
            await Task.Delay(delay, _options.TimeProvider, closing).ConfigureAwait(false);
            using var deadline = new CancellationTokenSource(_options.FetchTimeout, _options.TimeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, closing);
            TSnapshot snapshot = await _source.FetchAsync(symbol, linked.Token).ConfigureAwait(false);
            Post(symbol, generation, snapshot, error: null);
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            // Nobody waits for it.
        }
        catch (Exception e)
        {
            Post(symbol, generation, snapshot: default, e);
        }
    }
}
