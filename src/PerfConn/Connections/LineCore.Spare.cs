using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <content>
/// The spare session of a line that keeps one (<see cref="LineOptions.KeepSpare"/>): connected, answering pings, subscribed to nothing. When the line is lost it takes over,
/// and what is missing is one subscribe round trip. A rotation takes it too.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    private readonly SpareKeeper? _spare;

    /// <summary>Makes spare sessions, one at a time; where there is a keeper nobody else opens a relief. Supervised: whatever an attempt throws, there is another.</summary>
    private sealed class SpareKeeper(LineCore<TProtocol, TPipeline> line)
    {
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _wake = new(0);
        private readonly RetrySequence _backoff = new(Retry.Exponential(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)), line.NewRandom(), line._options.TimeProvider);
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(line._closing.Token);
        private TaskCompletionSource<Relief> _ready = NewPromise();
        private Relief? _spare;
        private Task _keeping = Task.CompletedTask;
        private Task _lettingGo = Task.CompletedTask;
        private bool _isTaken;

        public void Start() => _keeping = Task.Run(() => KeepAsync(_stop.Token), CancellationToken.None);

        /// <summary>The line is at its end, closed or given up. Returns when no spare session is left, nor one on its way in or out. Never throws.</summary>
        public async Task StopAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _keeping.ConfigureAwait(false);
        }

        /// <summary>The line may be without a spare session: it has gone live, or the one that was taken is in its place or gone.</summary>
        public void Wake()
        {
            lock (_lock)
            {
                _isTaken = false;
            }

            _wake.Release();
        }

        /// <summary>The spare session, if there is one; the caller adopts or drops it and wakes the keeper then.</summary>
        public Relief? Take()
        {
            lock (_lock)
            {
                Relief? spare = _spare;
                if (spare is not null)
                {
                    _backoff.Reset();
                    _spare = null;
                    _isTaken = true;
                    _ready = NewPromise();
                }

                return spare;
            }
        }

        /// <summary>Likewise, as soon as there is one.</summary>
        public async Task<Relief> TakeAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                Task ready;
                lock (_lock)
                {
                    ready = _ready.Task;
                }

                if (Take() is { } spare)
                {
                    return spare;
                }

                await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        private static TaskCompletionSource<Relief> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task KeepAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await _wake.WaitAsync(stop).ConfigureAwait(false);
                    await KeepOneAsync(stop).ConfigureAwait(false);
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    ConnectionsLog.SpareFailed(line._options.Logger, line.Name, e.Message);
                    await PauseAsync(e).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    // The line ends, and an attempt that fails just then fails as it likes: not every user's code that is cancelled says so.
                }
            }

            // One that was still opening when the line was closed is here by now, and nobody else looks for it.
            if (Take() is { } last)
            {
                await line.DropAsync(last).ConfigureAwait(false);
            }

            await _lettingGo.ConfigureAwait(false);
        }

        private async Task KeepOneAsync(CancellationToken stop)
        {
            lock (_lock)
            {
                if (_isTaken || _spare is not null || line.State is not (LineState.Live or LineState.Degraded or LineState.Rotating))
                {
                    return;
                }
            }

            Relief relief = await line.OpenReliefAsync(stop).ConfigureAwait(false);
            lock (_lock)
            {
                _spare = relief;
                _ready.TrySetResult(relief);
            }

            _ = WatchAsync(relief);
        }

        /// <summary>A spare session that ends before anybody has taken it is replaced, after a pause.</summary>
        private async Task WatchAsync(Relief relief)
        {
            await ((Task)relief.Session.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Task lettingGo;
            lock (_lock)
            {
                if (_spare != relief)
                {
                    return;
                }

                _spare = null;
                _ready = NewPromise();

                // Where the keeper finds it: the line is not closed before this is done.
                Task before = _lettingGo;
                _lettingGo = lettingGo = Task.Run(() => LetGoAsync(relief, before), CancellationToken.None);
            }

            await lettingGo.ConfigureAwait(false);
            await PauseAsync(new ConnectionException(line.Endpoint.Url, "the spare connection was lost")).ConfigureAwait(false);
        }

        private async Task LetGoAsync(Relief relief, Task before)
        {
            await line.LetGoAsync(relief).ConfigureAwait(false);
            await before.ConfigureAwait(false);
        }

        private async Task PauseAsync(Exception why)
        {
            TimeSpan delay;
            lock (_lock)
            {
                delay = _backoff.Next(why).Delay;
            }

            await Task.Delay(delay, line._options.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _wake.Release();
        }
    }
}
