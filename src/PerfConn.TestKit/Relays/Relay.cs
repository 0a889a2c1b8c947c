using System;
using System.Buffers;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace PerfConn.TestKit.Relays;

/// <summary>
/// Carries bytes from one socket to another as the faults allow. One task receives, one sends; between them is a bounded queue, which is what lets a latency
/// delay bytes without slowing them down, and what makes a proxy whose client does not read stop reading from the server.
/// </summary>
internal sealed class Relay
{
    private const int ChunkSize = 16 * 1024;
    private const int MaxChunks = 16;

    private readonly Channel<Chunk> _queue = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(MaxChunks) { SingleReader = true });
    private readonly Socket _source;
    private readonly Socket _target;
    private readonly Direction _direction;
    private readonly ProxiedConnection _connection;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly CancellationToken _ended;
    private volatile ProxyFaults _faults;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _place;
    private long _lastDue;
    private int _isCut;

    public Relay(Socket source, Socket target, Direction direction, ProxiedConnection connection, TimeProvider time, Random random, CancellationToken ended)
    {
        _source = source;
        _target = target;
        _direction = direction;
        _connection = connection;
        _time = time;
        _random = random;
        _ended = ended;
        _faults = direction.Faults;
    }

    private bool IsCut => Volatile.Read(ref _isCut) != 0;

    /// <summary>Other faults from now on; both tasks look at them at once.</summary>
    public void Apply(ProxyFaults faults)
    {
        _faults = faults;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        _queue.Writer.TryWrite(default);
    }

    /// <summary>Ends this direction with a FIN; what still comes is read and dropped.</summary>
    public void HalfClose()
    {
        if (Interlocked.Exchange(ref _isCut, 1) == 0)
        {
            try
            {
                _target.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The receiver has gone before it could be told.
            }
        }
    }

    /// <summary>Runs until the sender has ended its stream and the receiver has been told, or until the connection is over.</summary>
    public async Task RunAsync()
    {
        Task receiving = ReceiveAsync();
        try
        {
            await SendAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One end has failed, so the other shall.
            _connection.Reset();
        }

        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_queue.Reader.TryRead(out Chunk chunk))
        {
            GiveBack(chunk);
        }
    }

    private static void GiveBack(in Chunk chunk)
    {
        if (chunk.Bytes is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                await StalledAsync().ConfigureAwait(false);
                byte[] bytes = ArrayPool<byte>.Shared.Rent(ChunkSize);
                int count = 0;
                try
                {
                    count = await _source.ReceiveAsync(bytes.AsMemory(0, ChunkSize), SocketFlags.None, _ended).ConfigureAwait(false);
                }
                finally
                {
                    if (count == 0)
                    {
                        ArrayPool<byte>.Shared.Return(bytes);
                    }
                }

                if (count == 0)
                {
                    await _queue.Writer.WriteAsync(new Chunk(null, 0, Due(), IsEnd: true), _ended).ConfigureAwait(false);
                    _queue.Writer.Complete();
                    return;
                }

                // Before it is counted: who has seen the bytes arrive in a black hole may heal it, and they stay lost.
                bool isLost = _faults.Flow == ProxyFlow.Swallow;
                _direction.OnReceived(count);
                await QueueAsync(new Chunk(bytes, count, Due(), IsEnd: false, isLost)).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _queue.Writer.TryComplete(e);
        }
    }

    private async ValueTask QueueAsync(Chunk chunk)
    {
        try
        {
            await _queue.Writer.WriteAsync(chunk, _ended).ConfigureAwait(false);
        }
        catch (Exception)
        {
            GiveBack(chunk);
            throw;
        }
    }

    private long Due()
    {
        ProxyFaults faults = _faults;
        TimeSpan latency = faults.Latency + (faults.Jitter * ((_random.NextDouble() * 2) - 1));
        long due = _time.GetTimestamp() + (long)(Math.Max(0, latency.TotalSeconds) * _time.TimestampFrequency);
        return _lastDue = Math.Max(_lastDue, due);
    }

    private async Task SendAsync()
    {
        CutIfDue();
        while (await _queue.Reader.WaitToReadAsync(_ended).ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out Chunk chunk))
            {
                try
                {
                    await DelayAsync(_time.GetElapsedTime(_time.GetTimestamp(), chunk.Due)).ConfigureAwait(false);
                    await SendAsync(chunk).ConfigureAwait(false);
                }
                finally
                {
                    GiveBack(chunk);
                }
            }
        }
    }

    private async ValueTask SendAsync(Chunk chunk)
    {
        int done = 0;
        while (done < chunk.Length)
        {
            await StalledAsync().ConfigureAwait(false);
            CutIfDue();
            _ended.ThrowIfCancellationRequested();
            ProxyFaults faults = _faults;
            int length = LengthOfPiece(faults, chunk.Length - done);
            if (faults.Flow == ProxyFlow.Pass && !chunk.IsLost && !IsCut)
            {
                Spoil(faults, chunk.Bytes.AsSpan(done, length));
                await SendWholeAsync(chunk.Bytes.AsMemory(done, length)).ConfigureAwait(false);
                _direction.OnSent(length);
                await DelayAsync(PauseAfter(faults, length)).ConfigureAwait(false);
            }

            _place += length;
            done += length;
        }

        CutIfDue();
        if (chunk.IsEnd)
        {
            await StalledAsync().ConfigureAwait(false);
            await DelayAsync(_faults.SlowClose).ConfigureAwait(false);
            HalfClose();
        }
    }

    /// <summary>A cut connection drops whole chunks; a living one stops at the next place where something happens. Never 0, or the loop would stand still.</summary>
    private int LengthOfPiece(ProxyFaults faults, int length)
    {
        if (IsCut)
        {
            return length;
        }

        if (faults.SliceAtMost is { } most)
        {
            length = Math.Min(length, 1 + _random.Next(most));
        }

        // A tenth of a second's worth at a time, or a slow line would come in lumps.
        length = faults.BytesPerSecond is { } rate ? Math.Min(length, Math.Max(1, rate / 10)) : length;
        return faults.CutAt is { } cut && cut > _place ? (int)Math.Min(length, cut - _place) : length;
    }

    private static TimeSpan PauseAfter(ProxyFaults faults, int length)
    {
        TimeSpan pause = faults.BytesPerSecond is { } rate ? TimeSpan.FromSeconds((double)length / rate) : TimeSpan.Zero;
        return faults.SliceAtMost is null ? pause : pause + faults.SliceDelay;
    }

    private void Spoil(ProxyFaults faults, Span<byte> piece)
    {
        if (faults.CorruptAt is { } place && place >= _place && place < _place + piece.Length)
        {
            piece[(int)(place - _place)] ^= faults.CorruptMask;
        }
    }

    /// <summary>Asked before the first byte, after each piece and at each change of the faults: no byte is sent at or behind the place of a cut.</summary>
    private void CutIfDue()
    {
        ProxyFaults faults = _faults;
        if (_place >= faults.CutAt && !IsCut)
        {
            _connection.Cut(this, faults.CutBy);
        }
    }

    private async ValueTask SendWholeAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _target.SendAsync(bytes, SocketFlags.None, _ended).ConfigureAwait(false)..];
        }
    }

    private async ValueTask StalledAsync()
    {
        while (true)
        {
            TaskCompletionSource changed = _changed;
            if (_faults.Flow != ProxyFlow.Stall || IsCut)
            {
                return;
            }

            await changed.Task.WaitAsync(_ended).ConfigureAwait(false);
        }
    }

    private Task DelayAsync(TimeSpan time) => time <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(time, _time, _ended);
}
