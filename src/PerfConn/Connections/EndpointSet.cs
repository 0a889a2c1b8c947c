using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// Several endpoints for the same thing, and what is known about each: which to try next, which to leave alone. Share one among all lines that go there: what one line learns
/// holds for all.
/// </summary>
/// <remarks>Thread-safe. Used at every attempt to connect, never for a tick; a lock guards it, and nothing is called under it.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class EndpointSet
{
    private readonly Lock _lock = new();
    private readonly EndpointSetOptions _options;
    private readonly EndpointRanking _ranking;
    private readonly Place[] _places;
    private readonly long _start;

    /// <summary>Makes a set.</summary>
    /// <param name="endpoints">The endpoints, the primary first; at least one.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">There is no endpoint, or an option is out of range; all that is wrong is named.</exception>
    public EndpointSet(IReadOnlyList<Endpoint> endpoints, EndpointSetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _options = options ?? new EndpointSetOptions();
        var check = new OptionsCheck();
        check.That(endpoints.Count > 0, "endpoints must not be empty").That(!endpoints.Contains(null!), "endpoints must not hold null");
        _options.Check(check, endpoints.Count);
        check.Throw();
        _start = _options.TimeProvider.GetTimestamp();
        var random = new Random(_options.Seed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        _ranking = new EndpointRanking(endpoints.Count, _options.Order, _options.FailBackAfter.Ticks, _options.Weights?.ToArray(), random);
        _places = [.. endpoints.Select(endpoint => new Place(endpoint, new CircuitBreaker(_options.Breaker, _options.TimeProvider)))];
    }

    /// <summary>How many endpoints there are.</summary>
    public int Count => _places.Length;

    /// <summary>A snapshot of each endpoint, in the order given.</summary>
    public IReadOnlyList<EndpointStatistics> Statistics
    {
        get
        {
            lock (_lock)
            {
                long now = Now;
                return [.. _places.Select((place, i) => new EndpointStatistics(
                    place.Endpoint,
                    place.Attempts,
                    place.Failures,
                    place.Open,
                    place.Breaker.State,
                    TimeSpan.FromTicks(_ranking.CoolingFor(i, now)),
                    _ranking.IsInDoubt(i, now),
                    double.IsNaN(_ranking.LatencyOf(i)) ? null : TimeSpan.FromTicks((long)_ranking.LatencyOf(i))))];
            }
        }
    }

    /// <summary>Whether there is an endpoint that nothing speaks against: who failed elsewhere need not wait long before going there.</summary>
    internal bool HasGood
    {
        get
        {
            lock (_lock)
            {
                long now = Now;
                return _places.Where((place, i) => !_ranking.IsInDoubt(i, now) && TimeUntilFree(i, now) == TimeSpan.Zero && place.Breaker.State == CircuitState.Closed).Any();
            }
        }
    }

    private long Now => _options.TimeProvider.GetElapsedTime(_start).Ticks;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _places.Select(place => place.Endpoint));

    /// <summary>Chooses an endpoint for one attempt. Who gets one reports what came of it.</summary>
    /// <exception cref="EndpointsUnavailableException">None may be tried now; it tells when.</exception>
    internal EndpointVisit Choose()
    {
        lock (_lock)
        {
            long now = Now;
            var ranked = new int[Count];
            foreach (int index in ranked.AsSpan(0, _ranking.Rank(now, ranked)))
            {
                if (_places[index].Breaker.TryEnter(out CircuitPermit permit))
                {
                    _places[index].Attempts++;
                    return new EndpointVisit(this, index, _places[index].Endpoint, permit);
                }
            }

            throw Unavailable(now);
        }
    }

    /// <summary>Says so when none may be tried now, without choosing one.</summary>
    /// <exception cref="EndpointsUnavailableException">None may be tried now; it tells when.</exception>
    internal void ThrowIfUnavailable()
    {
        lock (_lock)
        {
            long now = Now;
            for (int i = 0; i < Count; i++)
            {
                if (_places[i].Breaker.State != CircuitState.HalfOpen && TimeUntilFree(i, now) == TimeSpan.Zero)
                {
                    return;
                }
            }

            throw Unavailable(now);
        }
    }

    internal long Timestamp() => _options.TimeProvider.GetTimestamp();

    internal void OnConnected(int index, CircuitPermit permit, long start)
    {
        lock (_lock)
        {
            _places[index].Breaker.OnSuccess(permit);
            _places[index].Open++;
            _ranking.OnConnected(index, _options.TimeProvider.GetElapsedTime(start).Ticks);
        }
    }

    internal void OnFailed(int index, CircuitPermit permit, Exception error)
    {
        // Who gave an attempt up when the venue had just answered it has still been told.
        error = error is OperationCanceledException { InnerException: HandshakeException answer } ? answer : error;
        lock (_lock)
        {
            Place place = _places[index];
            place.Breaker.Report(permit, error);
            if (error is OperationCanceledException or ArgumentException or FramingException)
            {
                // This side's own doing.
                return;
            }

            place.Failures++;
            _ranking.OnTrouble(index, Now);
            if (LossKinds.KindOf(error) == LossKind.Throttled)
            {
                Cool(index, (error as HandshakeException)?.RetryAfter);
            }
        }
    }

    internal void OnNothing(int index, CircuitPermit permit) => _places[index].Breaker.OnNothing(permit);

    internal void OnEnded(int index, long connected, LossKind kind, bool prefersOther)
    {
        lock (_lock)
        {
            _places[index].Open--;
            bool isSentAway = kind is LossKind.GoingAway or LossKind.Restarting or LossKind.Overloaded;
            if (prefersOther || isSentAway || _options.TimeProvider.GetElapsedTime(connected) < _options.HealthyAfter)
            {
                _places[index].Failures++;
                _ranking.OnTrouble(index, Now);
            }

            if (kind == LossKind.Overloaded)
            {
                Cool(index, null);
            }
        }
    }

    internal void OnClosed(int index)
    {
        lock (_lock)
        {
            _places[index].Open--;
        }
    }

    private void Cool(int index, TimeSpan? asked)
    {
        TimeSpan time = asked ?? _options.Cooling;
        _ranking.Cool(index, Now, (time < _options.MaxRetryAfter ? time : _options.MaxRetryAfter).Ticks);
    }

    private TimeSpan TimeUntilFree(int index, long now)
    {
        var cooling = TimeSpan.FromTicks(_ranking.CoolingFor(index, now));

        // While a probe is on its way, what comes of it may be told at any moment.
        TimeSpan open = _places[index].Breaker.State == CircuitState.Open ? _places[index].Breaker.RetryIn : TimeSpan.Zero;
        return cooling > open ? cooling : open;
    }

    private EndpointsUnavailableException Unavailable(long now)
    {
        TimeSpan[] waits = [.. _places.Select((_, i) => TimeUntilFree(i, now))];
        return new EndpointsUnavailableException(string.Join("; ", _places.Select((place, i) => $"{place.Endpoint} {Why(i, now, waits[i])}")), waits.Min());
    }

    private string Why(int index, long now, TimeSpan wait) =>
        _ranking.CoolingFor(index, now) > 0 ? FormattableString.Invariant($"is left alone for {wait.TotalSeconds:0.###} s as the venue asked")
        : _places[index].Breaker.State == CircuitState.HalfOpen ? "is being probed"
        : FormattableString.Invariant($"failed {_places[index].Breaker.ConsecutiveFailures} times in a row and is probed in {wait.TotalSeconds:0.###} s");

    private sealed class Place(Endpoint endpoint, CircuitBreaker breaker)
    {
        public Endpoint Endpoint { get; } = endpoint;

        public CircuitBreaker Breaker { get; } = breaker;

        public long Attempts { get; set; }

        public long Failures { get; set; }

        public int Open { get; set; }
    }
}
