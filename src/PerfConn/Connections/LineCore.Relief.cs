using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
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
        LineSession session = await ConnectAsync(lastEnd: null, cancellationToken).ConfigureAwait(false);
        Standing? standing = _book?.OpenRelief();
        Enter(session, standing);
        HeldFeed<TProtocol> held = ReceiveHeld(session);
        if (_options.LogIn is not null)
        {
            try
            {
                await LogInAsync(session, held, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                Abandon(standing);
                throw;
            }
        }

        return new Relief(session, held, standing);
    }

    /// <summary>Lets go of a relief that nobody needs any more. Never throws.</summary>
    private async Task DropAsync(Relief relief)
    {
        await LetGoAsync(relief).ConfigureAwait(false);
        _spare?.Wake();
    }

    private async Task LetGoAsync(Relief relief)
    {
        Abandon(relief.Standing);
        await DropAsync(relief.Session, relief.Held).ConfigureAwait(false);
        relief.OnAdopted(isAdopted: false);
    }

    /// <summary>
    /// The relief takes the place of a session that has ended: what it held is delivered now, on this thread, and what it brings from now on by its own receive loop. False
    /// when the line has been closed.
    /// </summary>
    /// <param name="relief">The session that takes over.</param>
    /// <param name="before">The session before it.</param>
    /// <param name="end">How the one before it ended. Only after an answer to this side's goodbye is it certain that everything it was sent has been delivered: a dead or
    /// reset connection may have swallowed what the venue sent before the relief was subscribed, and a venue that closes for a reason of its own may have done so before that.</param>
    private bool TryAdopt(Relief relief, LineSession before, LineEnd end)
    {
        int held;
        lock (relief.Held.Gate)
        {
            lock (_clocks)
            {
                if (!TryGoLive(relief.Session))
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

            held = relief.Held.Count;
            try
            {
                if (_ledger is { } ledger)
                {
                    AdoptStreams(ledger, relief, before, end);
                }
                else
                {
                    relief.Held.ReleaseInto(ref _pipeline);
                }
            }
            catch
            {
                // A venue's own protocol may throw; who waits for the rotation is told, and the owner ends the line.
                relief.OnAdopted(isAdopted: false);
                throw;
            }
        }

        Tell(relief.IsComplete ? new LineRotated(held) : new LineReconnected(_options.TimeProvider.GetElapsedTime(_lostAt), 0));
        if (_ledger is { Overlap.IsOn: true })
        {
            _ = EndOverlapAsync(relief.Session, relief.Session.Ended.Token);
        }

        relief.OnAdopted(isAdopted: true);
        _spare?.Wake();
        return true;
    }

    /// <summary>What the relief held is delivered, with the markers of what may be missing.</summary>
    private void AdoptStreams(StreamLedger ledger, Relief relief, LineSession before, LineEnd end)
    {
        ledger.BeginSession();
        GapCause cause = relief.IsComplete ? GapCause.Rotated : GapCause.Reconnected;
        bool isWhole = relief.IsComplete && !relief.Held.HasOverflowed
            && (before.CanProve ? before.IsProven : end is { Cause: LineEndCause.Closed, CloseCode: 1000 or CloseFrame.NoCode } or { Cause: LineEndCause.EndOfStream });
        if (!isWhole)
        {
            ledger.MarkGapInAllSeen(cause);
        }

        List<StreamName> missing = [];
        _book!.Adopt(relief.Standing!, isWhole, stream =>
        {
            missing.Add(stream);
            ledger.MarkGap(stream.Symbol, stream.Channel, cause);
        });
        ledger.LineUp(_options.TimeProvider.GetTimestamp());
        ledger.Overlap.BeginMatching();
        relief.Held.ReleaseInto(ref _pipeline);
        foreach (StreamName stream in missing)
        {
            // What was held of it came before it was left, and has taken the marker; what is missing until it is subscribed again comes after (found by simulation, seed 422121).
            ledger.MarkGap(stream.Symbol, stream.Channel, cause);
        }
    }

    private void Abandon(Standing? standing)
    {
        if (standing is not null)
        {
            _book!.Abandon(standing);
        }
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
    private sealed class Relief(LineSession session, HeldFeed<TProtocol> held, Standing? standing)
    {
        private readonly TaskCompletionSource<bool> _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LineSession Session { get; } = session;

        public HeldFeed<TProtocol> Held { get; } = held;

        /// <summary>Null on a line without streams, like the book.</summary>
        public Standing? Standing { get; } = standing;

        /// <summary>Whether it stands with the venue as the present session does, and both have delivered for a while.</summary>
        public bool IsComplete { get; set; }

        /// <summary>Completes when it has taken over, or never will.</summary>
        public Task<bool> Adopted => _adopted.Task;

        public void OnAdopted(bool isAdopted) => _adopted.TrySetResult(isAdopted);
    }

    /// <summary>What a held session's control frames and replies do. They are its own, whoever delivers; when it delivers itself they come through the line.</summary>
    private sealed class HeldControl(LineCore<TProtocol, TPipeline> line, LineSession session) : ISessionControl
    {
        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => line.OnControl(session, frame, payload);

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => session.Replies?.Complete(requestId, Reply.Accepted(result));

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => line.OnRefused(session, requestId, code, message);

        public void OnShutdownNotice() => session.IsToBeCut = true;
    }
}
