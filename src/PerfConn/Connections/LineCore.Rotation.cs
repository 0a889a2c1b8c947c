using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <content>
/// Rotation: a relief is made ready beside the session that delivers; when it stands with the venue as that one does, that one is retired and the owner adopts the
/// relief. The owner task knows nothing of it until the old session ends.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    private static readonly TimeSpan s_overlapGrace = TimeSpan.FromSeconds(1);

    /// <summary>Guards what the line's timers do: rotation, jitter, the watch over data.</summary>
    private readonly Lock _clocks = new();
    private Task<Relief?>? _rotating;
    private ITimer? _rotationTimer;

    public override async Task RotateAsync(CancellationToken cancellationToken = default)
    {
        LineSession session = _session ?? throw new LineClosedException(Endpoint.Url, $"the line is {State}, not live");
        if (!TryBeginRotation(session, out Task<Relief?>? rotating))
        {
            throw new LineClosedException(Endpoint.Url, $"the line is {State}, not live");
        }

        Relief? relief = await rotating.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (relief is null || !await relief.Adopted.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new ConnectionException(Endpoint.Url, "the rotation failed; the line goes on as it was, or is being made again");
        }
    }

    /// <summary>Sets the clock that rotates this session before the venue cuts it.</summary>
    private void ScheduleRotation(LineSession session)
    {
        if (session.IsToBeCut)
        {
            RotateOnNotice(session);
        }

        if ((_options.Rotation.MaxAge ?? _venue.Limits.SessionLife) is { } age)
        {
            SetRotationTimer(session, age * (1 - (_options.Rotation.Jitter * NextRandom())));
        }
    }

    private void SetRotationTimer(LineSession session, TimeSpan due)
    {
        ITimer timer = _options.TimeProvider.CreateTimer(state => TryBeginRotation((LineSession)state!, out _), session, due, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _rotationTimer, timer)?.Dispose();
    }

    /// <summary>
    /// Ends the overlap of ticks without numbers, which are told apart by their bytes: by itself as soon as everything has been repeated, and at the latest when what the old
    /// connection had delivered can no longer be under way. After that equal bytes are a new tick.
    /// </summary>
    private async Task EndOverlapAsync(LineSession session, CancellationToken ended)
    {
        await Task.Delay((_options.Rotation.Overlap * 2) + s_overlapGrace, _options.TimeProvider, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCancellationRequested && _session == session)
        {
            _ledger?.Overlap.End();
        }
    }

    private void RotateOnNotice(LineSession session)
    {
        if (_options.Rotation.OnNotice)
        {
            // The host is about to go: the relief had better go to another one, where there is one.
            session.Visit?.OnEnded(LossKind.GoingAway);
            TryBeginRotation(session, out _);
        }
    }

    /// <summary>Begins a rotation, or joins the one under way. False when the session is not the present one, or the line is not in a state to be rotated.</summary>
    private bool TryBeginRotation(LineSession session, [NotNullWhen(true)] out Task<Relief?>? rotating)
    {
        lock (_clocks)
        {
            rotating = _rotating;
            if (rotating is not null)
            {
                return true;
            }

            CancellationToken ended;
            try
            {
                ended = session.Ended.Token;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }

            if (!_machine.Fire(LineTrigger.Rotate, session.Generation))
            {
                return false;
            }

            _rotating = rotating = Task.Run(() => MakeReliefAsync(session, ended), CancellationToken.None);
            return true;
        }
    }

    /// <summary>
    /// Gives the relief that shall take over, complete or, when the old session has gone by itself meanwhile, as far as it has come; null when there is none. The machine
    /// is in <see cref="LineState.Rotating"/> as long as this runs.
    /// </summary>
    private async Task<Relief?> MakeReliefAsync(LineSession session, CancellationToken ended)
    {
        Relief? relief = null;
        try
        {
            using var deadline = new CancellationTokenSource(_options.Rotation.Timeout, _options.TimeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ended);
            relief = await (_spare?.TakeAsync(linked.Token) ?? OpenReliefAsync(linked.Token)).ConfigureAwait(false);

            // Noted before anything is subscribed: what the relief brings was published later, and is a repeat exactly when this side has delivered it.
            _ledger?.Overlap.Begin();
            relief.Session.Pump?.Start(relief.Session.Ended.Token);
            if (relief.Standing is { } standing)
            {
                _book!.Ask(standing);
                Task first = await Task.WhenAny(standing.Complete, relief.Session.Running).WaitAsync(linked.Token).ConfigureAwait(false);
                await first.ConfigureAwait(false);
            }

            await Task.WhenAny(relief.Session.Running, Task.Delay(_options.Rotation.Overlap, _options.TimeProvider, ended)).ConfigureAwait(false);
            if (relief.Session.Running.IsCompleted)
            {
                LineEnd end = await relief.Session.Running.ConfigureAwait(false);
                throw end.Error ?? new ConnectionException(Endpoint.Url, $"the new connection was closed ({end.CloseCode}: {end.Reason})");
            }

            relief.IsComplete = true;
            await session.RetireAsync(ended).ConfigureAwait(false);
            return relief;
        }
        catch (Exception e)
        {
            if (ended.IsCancellationRequested && relief is { Session.Running.IsCompleted: false })
            {
                // The old session has ended by itself; a connected relief is better than none.
                return relief;
            }

            await AbandonRotationAsync(session, relief, e, ended).ConfigureAwait(false);
            return null;
        }
    }

    private async Task AbandonRotationAsync(LineSession session, Relief? relief, Exception error, CancellationToken ended)
    {
        _ledger?.Overlap.End();
        if (relief is not null)
        {
            await DropAsync(relief).ConfigureAwait(false);
        }

        if (ended.IsCancellationRequested)
        {
            return;
        }

        ConnectionsLog.RotationFailed(_options.Logger, Name, error.Message);
        Tell(new LineRotationFailed(error));
        lock (_clocks)
        {
            if (_machine.Fire(LineTrigger.StayOn, session.Generation))
            {
                _rotating = null;
            }
        }

        SetRotationTimer(session, _options.Rotation.RetryDelay * (0.5 + (0.5 * NextRandom())));
    }

    /// <summary>
    /// The session has ended: what takes its place at once, if anything. No rotation begins any more for it: either one is under way, and this waits for its outcome, or
    /// the line is no longer live.
    /// </summary>
    private async Task<Relief?> TakeReliefAsync(LineSession session)
    {
        Task<Relief?>? rotating;
        lock (_clocks)
        {
            rotating = _rotating;
            if (rotating is null)
            {
                _machine.Fire(LineTrigger.Lose, session.Generation);
            }
        }

        Interlocked.Exchange(ref _rotationTimer, null)?.Dispose();
        Relief? relief = rotating is null ? null : await rotating.ConfigureAwait(false);
        relief ??= _spare?.Take();
        if (relief is { Session.Running.IsCompleted: true })
        {
            await DropAsync(relief).ConfigureAwait(false);
            relief = null;
        }

        return relief;
    }

    /// <summary>Nothing takes the session's place: the line is lost.</summary>
    private void LoseSession(LineSession session)
    {
        lock (_clocks)
        {
            _rotating = null;
            _machine.Fire(LineTrigger.Lose, session.Generation);
        }
    }
}
