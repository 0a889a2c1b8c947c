using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Subscriptions;

namespace PerfConn.Connections;

/// <content>The login of a new connection, while its messages are held.</content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>Lets a session receive, and hold what it receives.</summary>
    private HeldFeed<TProtocol> ReceiveHeld(LineSession session)
    {
        var held = new HeldFeed<TProtocol>(new HeldControl(this, session), _options.Rotation.HoldLimit);
        session.Hold = held;
        session.Running = Receive(session);
        return held;
    }

    /// <summary>A new connection takes its place, and logs in where the options ask for that.</summary>
    private async ValueTask EnterAsync(LineSession session, Standing? standing, CancellationToken cancellationToken)
    {
        Enter(session, standing);
        if (_options.LogIn is not null)
        {
            _machine.Fire(LineTrigger.LogIn);
            await LogInAsync(session, ReceiveHeld(session), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What a session has held since its login is delivered; a relief's has been.</summary>
    private void Release(LineSession session)
    {
        if (session.Hold is HeldFeed<TProtocol> held)
        {
            lock (held.Gate)
            {
                if (!held.IsReleased)
                {
                    held.ReleaseInto(ref _pipeline);
                }
            }
        }
    }

    private async ValueTask DisposeUnusedAsync(LineSession session)
    {
        if (session.Hold is HeldFeed<TProtocol> held)
        {
            await DropAsync(session, held).ConfigureAwait(false);
        }
        else
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Logs in where the options ask for it. When that fails the session is let go of, and the failure is thrown as one of connecting.</summary>
    private async Task LogInAsync(LineSession session, HeldFeed<TProtocol> held, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.LogInTimeout, _options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Task? login = null;
        try
        {
            login = _options.LogIn!(new LoginLink(Endpoint, session, held), linked.Token).AsTask();
            await Task.WhenAny(login, session.Running).WaitAsync(linked.Token).ConfigureAwait(false);
            if (!login.IsCompleted)
            {
                LineEnd end = await session.Running.ConfigureAwait(false);
                await linked.CancelAsync().ConfigureAwait(false);
                throw end.Error ?? new NetworkException(Endpoint.Url, $"the connection was closed during the login ({end.CloseCode}{(end.Reason.Length > 0 ? ": " + end.Reason : "")})");
            }

            await login.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A login that nobody waits for any more fails as it likes, and nobody has to hear of it.
            _ = login?.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await DropAsync(session, held).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw e switch
            {
                ConnectionException => e,
                _ when deadline.IsCancellationRequested => new ConnectTimeoutException(
                    Endpoint.Url, ConnectStage.LogIn, $"the login was not done within {_options.LogInTimeout.TotalSeconds:0.#} s", e),
                _ => new ConnectionException(Endpoint.Url, "the login failed: " + session.Redact(e.Message), e),
            };
        }
    }

    /// <summary>Lets go of a session that receives and has never delivered. Never throws.</summary>
    private async Task DropAsync(LineSession session, HeldFeed<TProtocol> held)
    {
        await session.Ended.CancelAsync().ConfigureAwait(false);
        await session.StopAskingAsync().ConfigureAwait(false);
        if (!session.Running.IsCompleted)
        {
            await session.SendCloseAsync(1000, "", _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
            session.Abort();
        }

        await ((Task)session.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        session.Replies?.LoseAll();
        await session.DisposeAsync().ConfigureAwait(false);
        lock (held.Gate)
        {
            held.Dispose();
        }
    }
}
