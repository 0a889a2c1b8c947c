using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Protocol;

namespace PerfConn.Connections;

/// <summary>
/// What a session brings while another one still delivers: whole messages, copied and kept in order. Replies and control frames are not held, they are acted on.
/// </summary>
/// <remarks>
/// The session's receive loop pours in and the line's owner takes over, both under <see cref="Gate"/>: the only lock that a receive loop takes for data, and only while it is
/// held. After the take-over the loop meets it once more and then never again. A login takes its messages from here too.
/// </remarks>
internal sealed class HeldFeed<TProtocol> : IDisposable, ILoginSource
    where TProtocol : struct, IVenueProtocol
{
    private readonly MessageSpool _spool = new();
    private readonly int _limit;
    private TaskCompletionSource? _arrived;

    /// <summary>The receive loop's sink while its session is held. Not readonly: a protocol keeps state in itself.</summary>
    public HeldPipeline<TProtocol> Pipeline;

    public HeldFeed(ISessionControl control, int limit)
    {
        _limit = limit;
        Pipeline = new HeldPipeline<TProtocol>(this, control);
    }

    public Lock Gate { get; } = new();

    /// <summary>Whether the session has become the one that delivers. Under <see cref="Gate"/>.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Whether more came than may be held, so that something is missing. Under <see cref="Gate"/>.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Messages that have come, held or not.</summary>
    public long Frames { get; private set; }

    /// <summary>Messages held. Under <see cref="Gate"/>.</summary>
    public int Count => _spool.Count;

    public void OnFrame() => Frames++;

    public void Hold(ReadOnlySpan<byte> payload, bool isText, long timestamp)
    {
        if (HasOverflowed || payload.Length > _limit - _spool.Bytes)
        {
            HasOverflowed = true;
            return;
        }

        _spool.Add(payload, isText, timestamp);
        _arrived?.TrySetResult();
    }

    /// <summary>Takes the oldest message out, for a login.</summary>
    public async ValueTask<LoginMessage> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource arrived;
            lock (Gate)
            {
                if (_spool.TryTake(out ReadOnlySpan<byte> payload, out bool isText, out _))
                {
                    return new LoginMessage(payload.ToArray(), isText);
                }

                _arrived = arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await arrived.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Pours what was held into the line's own pipeline, with the times at which it was received, and releases the session. Called once, under <see cref="Gate"/>, when
    /// nothing else pours into that pipeline.
    /// </summary>
    public void ReleaseInto<TPipeline>(ref TPipeline pipeline)
        where TPipeline : struct, ILinePipeline
    {
        while (_spool.TryTake(out ReadOnlySpan<byte> payload, out bool isText, out long timestamp))
        {
            pipeline.BeginRead(timestamp, leases: null);
            pipeline.OnMessage(payload, isText);
        }

        IsReleased = true;
        _spool.Dispose();
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _spool.Dispose();
}
