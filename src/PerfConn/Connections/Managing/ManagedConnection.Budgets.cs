using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Subscriptions;

namespace PerfConn.Connections.Managing;

/// <content>What the venue allows the connection (<see cref="ConnectionOptions.Budgets"/>). Requests wait on this side, where waiting costs nothing; the venue would cut or refuse.</content>
public sealed partial class ManagedConnection
{
    private readonly (RequestBudget Budget, RequestPacer Pacer)[] _budgets;

    private static (RequestBudget Budget, RequestPacer Pacer)[] PacersOf(IReadOnlyList<RequestBudget> budgets, TimeProvider time) =>
        [.. budgets.Select(budget => (budget, new RequestPacer([.. budget.Windows.Select(window => (window.Requests, window.Length + budget.Margin))], time)))];

    private RequestPacer? BudgetOf(ReadOnlyMemory<byte> payload)
    {
        foreach ((RequestBudget budget, RequestPacer pacer) in _budgets)
        {
            if (budget.Covers?.Invoke(payload) ?? true)
            {
                return pacer;
            }
        }

        return null;
    }

    /// <summary>Waits until the venue may be asked. Gives how much of the request's time that has taken.</summary>
    private async ValueTask<TimeSpan> WaitForTurnAsync(RequestPacer budget, RequestContext context, CancellationToken cancellationToken)
    {
        long start = _settings.TimeProvider.GetTimestamp();
        bool isPatient = context.IsPatient || context.Timeout == Timeout.InfiniteTimeSpan;
        using var deadline = new CancellationTokenSource(isPatient ? Timeout.InfiniteTimeSpan : context.Timeout, _settings.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token, cancellationToken);
        try
        {
            await budget.WaitAsync(any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _stop.IsCancellationRequested
                ? new LineClosedException(_endpoint.Url, $"connection {Id} has been closed on this side; nothing was sent")
                : RequestTimeoutException.BeforeItsTurn(_endpoint.Url, Id, context.Timeout);
        }

        TimeSpan waited = _settings.TimeProvider.GetElapsedTime(start);
        return isPatient ? TimeSpan.Zero
            : waited < context.Timeout ? waited
            : throw RequestTimeoutException.BeforeItsTurn(_endpoint.Url, Id, context.Timeout);
    }
}
