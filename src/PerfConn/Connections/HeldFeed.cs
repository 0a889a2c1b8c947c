using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Protocol;

namespace PerfConn.Connections;

/// <summary>
/// What a session brings while another one still delivers: whole messages, copied and kept in order. Replies and control frames are not held, they are acted on.
/// </summary>
/// <remarks>
/// The session's receive loop pours in and the line's owner takes over, both under <see cref="Gate"/>: the only lock that a receive loop ever takes, and only while it is
/// held. After the take-over the loop meets it once more and then never again. A login takes its messages from here too.
/// </remarks>
internal sealed class HeldFeed<TProtocol> : IDisposable, ILoginSource
    where TProtocol : struct, IVenueProtocol
{
    private const int FirstSize = 64 * 1024;

    private readonly List<HeldMessage> _messages = [];
    private readonly int _limit;
    private byte[] _bytes = [];
    private int _length;
    private int _taken;
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
    public int Count => _messages.Count - _taken;

    public void OnFrame() => Frames++;

    public void Hold(ReadOnlySpan<byte> payload, bool isText, long timestamp)
    {
        if (payload.Length > _limit - _length)
        {
            HasOverflowed = true;
            return;
        }

        if (payload.Length > _bytes.Length - _length)
        {
            Grow(payload.Length);
        }

        payload.CopyTo(_bytes.AsSpan(_length));
        _messages.Add(new HeldMessage(_length, payload.Length, isText, timestamp));
        _length += payload.Length;
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
                if (_taken < _messages.Count)
                {
                    HeldMessage message = _messages[_taken++];
                    return new LoginMessage(_bytes.AsSpan(message.Offset, message.Length).ToArray(), message.IsText);
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
        foreach (HeldMessage message in _messages.Skip(_taken))
        {
            pipeline.BeginRead(message.Timestamp, leases: null);
            pipeline.OnMessage(_bytes.AsSpan(message.Offset, message.Length), message.IsText);
        }

        IsReleased = true;
        Dispose();
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _length = 0;
        _taken = 0;
        _messages.Clear();
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(_length + needed, (int)Math.Min(_bytes.Length * 2L, _limit))));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }

    private readonly record struct HeldMessage(int Offset, int Length, bool IsText, long Timestamp);
}
