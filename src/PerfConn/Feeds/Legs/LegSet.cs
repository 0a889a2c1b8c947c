using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;

namespace PerfConn.Feeds.Legs;

/// <summary>
/// The same symbols over two or more lines, to one host or to several: of each tick the first to arrive is delivered, by the venue's sequence numbers, and the others are
/// dropped. A leg that is lost costs nothing as long as another one is up; a gap marker says what none has brought.
/// </summary>
/// <remarks>
/// Thread-safe. The handler is called one tick at a time, on the receive loop of the leg that was first, under the set's lock: it must not block. The streams have to be numbered
/// by the venue; of those that are not, the first leg that is up is delivered alone. Endpoints of one venue may count differently: check before you pair two hosts.
/// </remarks>
public abstract class LegSet : IAsyncDisposable
{
    private protected LegSet(SymbolMap symbols) => Symbols = symbols;

    /// <summary>The map behind the ids of its ticks.</summary>
    public SymbolMap Symbols { get; }

    /// <summary>Ticks delivered.</summary>
    public abstract long Ticks { get; }

    /// <summary>Gap markers delivered: what no leg has brought.</summary>
    public abstract long Gaps { get; }

    /// <summary>Each leg, in the order given.</summary>
    public abstract IReadOnlyList<LegStatistics> Legs { get; }

    /// <summary>Opens a set. It stands as soon as one leg does; the others are tried again and again.</summary>
    /// <param name="venues">Where the legs go, 2 to 16; equal ones are lines to the same host.</param>
    /// <param name="handler">Called for each tick.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">Fewer than 2 legs, or more than 16.</exception>
    /// <exception cref="InvalidOptionsException">An option, or a limit of a venue, is out of range; all that is wrong is named. Nothing was opened.</exception>
    /// <exception cref="AllConnectionsFailedException">No leg could be opened. Nothing stays open.</exception>
    public static async Task<LegSet> ConnectAsync<TProtocol, THandler>(
        IReadOnlyList<Venue<TProtocol>> venues, THandler handler, LegOptions? options = null, CancellationToken cancellationToken = default)
        where TProtocol : struct, IVenueProtocol
        where THandler : ITickHandler
    {
        ArgumentNullException.ThrowIfNull(venues);
        if (venues.Count is < 2 or > LegArbiter.MaxLegs)
        {
            throw new ArgumentException($"A set has 2 to {LegArbiter.MaxLegs} legs, not {venues.Count}.", nameof(venues));
        }

        options ??= new LegOptions();
        Check(venues, options).Throw();
        var set = new LegSet<TProtocol, THandler>(venues, handler, options);
        try
        {
            await set.OpenAsync(cancellationToken).ConfigureAwait(false);
            return set;
        }
        catch
        {
            await set.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Subscribes on all legs; returns when one has confirmed. A leg that comes up later subscribes by itself.</summary>
    /// <exception cref="SubscriptionException">No leg would have it.</exception>
    /// <exception cref="LineClosedException">No leg is up.</exception>
    public abstract Task<LegSubscription> SubscribeAsync(IReadOnlyList<string> streams, DataExpectation? expectation = null, CancellationToken cancellationToken = default);

    /// <summary>Closes all legs.</summary>
    public abstract ValueTask DisposeAsync();

    private static OptionsCheck Check<TProtocol>(IReadOnlyList<Venue<TProtocol>> venues, LegOptions options)
        where TProtocol : struct, IVenueProtocol
    {
        var check = new OptionsCheck();
        options.Check(check);
        for (int i = 0; i < venues.Count; i++)
        {
            check.NotNull(venues[i], FormattableString.Invariant($"venues[{i}]"))
                .Nested(venues[i]?.Limits, static (each, errors) => each.Check(errors), FormattableString.Invariant($"venues[{i}].Limits"));
        }

        return check;
    }
}
