using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Sequencing;
using PerfConn.Subscriptions;

namespace PerfConn.Connections;

/// <content>
/// A second session beside the one that delivers: the relief of a line that rotates, or a spare one that waits for the loss of the first. It runs like any other, except
/// that its messages are held.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>Connects a relief and lets it receive. Throws as connecting does, and leaves nothing open then.</summary>
    private async Task<Relief> OpenReliefAsync(CancellationToken cancellationToken)
    {
        LineSession session = await LineConnector
            .ConnectAsync(Endpoint, _options, _venue.Limits, lastEnd: null, cancellationToken).ConfigureAwait(false);
        Standing standing = _book.OpenRelief();
        Enter(session, standing);
        var held = new HeldFeed<TProtocol>(new ReliefControl(this, session), _rotation.HoldLimit);
        session.Hold = held;
        session.Running = Receive(session);
        return new Relief(session, held, standing);
    }

    /// <summary>Lets go of a relief that nobody needs any more. Never throws.</summary>
    private async Task DropAsync(Relief relief)
    {
        _book.Abandon(relief.Standing);
        await relief.Session.Ended.CancelAsync().ConfigureAwait(false);
        await relief.Session.Pump.StopAsync().ConfigureAwait(false);
        if (!relief.Session.Running.IsCompleted)
        {
            await relief.Session.SendCloseAsync(1000, "", _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
            relief.Session.Abort();
        }

        await ((Task)relief.Session.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        relief.Session.Replies.LoseAll();
        await relief.Session.DisposeAsync().ConfigureAwait(false);
        lock (relief.Held.Gate)
        {
            relief.Held.Dispose();
        }

        relief.OnAdopted(isAdopted: false);
        _spare?.Wake();
    }

    /// <summary>
    /// The relief takes the place of a session that has ended: what it held is delivered now, on this thread, and what it brings from now on by its own receive loop. False
    /// when the line has been closed.
    /// </summary>
    private bool TryAdopt(Relief relief)
    {
        lock (relief.Held.Gate)
        {
            lock (_rotationLock)
            {
                if (!_machine.GoLive(relief.Session.Generation))
                {
                    return false;
                }

                _session = relief.Session;
                _rotating = null;
            }

            if (relief.IsComplete)
            {
                _counters.Rotations++;
            }
            else
            {
                _counters.Reconnects++;
            }

            if (!relief.Standing.IsAsking || relief.Held.HasOverflowed)
            {
                _ledger.MarkGapInAllSeen();
            }

            _book.Adopt(relief.Standing, stream => _ledger.MarkGap(stream.Symbol, stream.Channel));
            relief.Held.ReleaseInto(ref _pipeline);
        }

        relief.OnAdopted(isAdopted: true);
        _spare?.Wake();
        return true;
    }

    /// <summary>One read of a session that is held, or has been until now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameFault ParseHeld<TParser>(
        LineSession session,
        ref TParser parser,
        in ReadOnlySequence<byte> buffer,
        Buffers.ILeaseSource? leases,
        long timestamp,
        out SequencePosition consumed,
        out long frames)
        where TParser : struct, IFrameParser
    {
        var held = (HeldFeed<TProtocol>)session.Hold!;
        lock (held.Gate)
        {
            if (!held.IsReleased)
            {
                held.Pipeline.BeginRead(timestamp, leases);
                FrameFault fault = parser.Parse(buffer, ref held.Pipeline, out consumed);
                frames = held.Frames;
                return fault;
            }
        }

        // From here on this loop is the only one that touches the line's pipeline; the lock has shown it what the owner did with it.
        session.Hold = null;
        _pipeline.BeginRead(timestamp, leases);
        FrameFault first = parser.Parse(buffer, ref _pipeline, out consumed);
        frames = _counters.Frames;
        return first;
    }

    /// <summary>A session that receives and does not deliver yet.</summary>
    private sealed class Relief(LineSession session, HeldFeed<TProtocol> held, Standing standing)
    {
        private readonly TaskCompletionSource<bool> _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LineSession Session { get; } = session;

        public HeldFeed<TProtocol> Held { get; } = held;

        public Standing Standing { get; } = standing;

        /// <summary>Whether it stands with the venue as the present session does, and both have delivered for a while.</summary>
        public bool IsComplete { get; set; }

        /// <summary>Completes when it has taken over, or never will.</summary>
        public Task<bool> Adopted => _adopted.Task;

        public void OnAdopted(bool isAdopted) => _adopted.TrySetResult(isAdopted);
    }

    /// <summary>What a relief's control frames and replies do. They are the relief's own, whoever delivers; when it delivers itself they come through the line.</summary>
    private sealed class ReliefControl(LineCore<TProtocol, TPipeline> line, LineSession session) : ISessionControl
    {
        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => line.OnControl(session, frame, payload);

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => session.Replies.Complete(requestId, Reply.Accepted(result));

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => line.OnRefused(session, requestId, code, message);

        public void OnShutdownNotice() => session.IsToBeCut = true;
    }
}
