using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace PerfConn.Transport.Sockets;

/// <content>
/// A read that has to wait. It is written out as steps and is its own task source: the state of an <c>async</c> method comes from pools that miss when a read goes on
/// on another thread, which cost up to 37 B a read (WaitingReadAllocationTests).
/// </content>
internal abstract partial class BlockPipeReader : IValueTaskSource<ReadResult>
{
    private Action? _proceed;
    private ManualResetValueTaskSourceCore<ReadResult> _pending;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _awaited;
    private Step _step;
    private CancellationToken _cancellationToken;
    private CancellationTokenRegistration _registration;
    private CancellationTokenSource? _wakeUp;

    private enum Step
    {
        /// <summary>Nothing is awaited.</summary>
        Begin,

        /// <summary>A wait for data, without a buffer, has been asked for.</summary>
        Waited,

        /// <summary>A read into the block has been asked for.</summary>
        Received,
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _pending.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _pending.OnCompleted(continuation, state, token, flags);

    private ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        _proceed ??= Proceed;
        _pending.Reset();
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), WakeUp());
        _step = Step.Begin;
        var read = new ValueTask<ReadResult>(this, _pending.Version);
        Proceed();
        return read;
    }

    /// <summary>Goes on until the next call that has to be awaited, or to the end of the read.</summary>
    private void Proceed()
    {
        ReadResult result;
        try
        {
            if (!TryFinish(out result))
            {
                _awaited.UnsafeOnCompleted(_proceed!);
                return;
            }
        }
        catch (OperationCanceledException) when (_wakeUp!.IsCancellationRequested && !_cancellationToken.IsCancellationRequested)
        {
            result = Canceled();
        }
        catch (Exception e)
        {
            Exception told = e switch
            {
                OperationCanceledException when _cancellationToken.IsCancellationRequested => new OperationCanceledException(_cancellationToken),
                IOException or SocketException or ObjectDisposedException => Failure(e),
                _ => e,
            };
            _registration.Dispose();
            _pending.SetException(told);
            return;
        }

        // Last of all: it may run the consumer, and that may begin the next read.
        _registration.Dispose();
        _pending.SetResult(result);
    }

    /// <summary>False when what <see cref="_awaited"/> stands for has to be awaited first.</summary>
    private bool TryFinish(out ReadResult result)
    {
        bool goesOn = true;
        while (goesOn)
        {
            switch (_step)
            {
                case Step.Waited:
                    _ = _awaited.GetResult();
                    PrepareRoom();
                    if (TryReceive(Room.Span, out int count))
                    {
                        result = Filled(count);
                        return true;
                    }

                    goesOn = IsDone(ReceiveAsync(Room, _wakeUp!.Token), Step.Received);
                    break;
                case Step.Received:
                    result = Filled(_awaited.GetResult());
                    return true;
                default:
                    if (_cancelRequested)
                    {
                        result = Canceled();
                        return true;
                    }

                    if (_start != _end && ReadsOnInsideMessage)
                    {
                        PrepareRoom();
                        goesOn = IsDone(ReceiveAsync(Room, _wakeUp!.Token), Step.Received);
                        break;
                    }

                    if (_start == _end)
                    {
                        ReleaseBlock();
                    }

                    goesOn = IsDone(WaitForDataAsync(_wakeUp!.Token), Step.Waited);
                    break;
            }
        }

        result = default;
        return false;
    }

    private bool IsDone(ValueTask<int> call, Step step)
    {
        _step = step;
        _awaited = call.ConfigureAwait(false).GetAwaiter();
        return _awaited.IsCompleted;
    }

    private ReadResult Canceled()
    {
        _cancelRequested = false;
        return Result(isCanceled: true);
    }

    private CancellationTokenSource WakeUp()
    {
        CancellationTokenSource? wakeUp = _wakeUp;
        if (wakeUp is null || !wakeUp.TryReset())
        {
            wakeUp = new CancellationTokenSource();
            _wakeUp = wakeUp;

            // Publish before the caller looks at the flag; a cancel sets the flag before it looks here. One of the two sees the other.
            Interlocked.MemoryBarrier();
        }

        return wakeUp;
    }
}
