using System;
using System.Collections.Generic;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Network;
using PerfConn.SimulationTests.Venue;

namespace PerfConn.SimulationTests.Running;

/// <summary>
/// What goes wrong in a history. Each history draws which kinds of fault it has at all, so that some meet one fault often and others meet all of them: rare
/// combinations come up that an even mix would never show.
/// </summary>
internal sealed class Faults
{
    private static readonly int[] s_closeCodes = [1000, 1001, 1011, 1012, 1013];
    private static readonly string[] s_hosts = ["a.sim", "b.sim"];

    private readonly World _world;
    private readonly SimVenue _venue;
    private readonly Chance _chance;
    private readonly Dictionary<string, ConnectFate> _down = new(StringComparer.Ordinal);
    private int _refusals;
    private bool _isOver;

    public Faults(World world, SimVenue venue)
    {
        _world = world;
        _venue = venue;
        _chance = world.Chance.Fork();
    }

    /// <summary>Draws what kinds there are, and begins.</summary>
    public void Begin()
    {
        VenueHabits habits = _venue.Habits;
        habits.LostAcks = Some(10);
        habits.RepeatedAcks = Some(10);
        habits.LateAcks = Some(10);
        habits.IgnoredRequests = Some(3);
        habits.RefusedLogins = Some(20);
        habits.Throttled = Some(15);
        habits.Unavailable = Some(15);
        habits.Dropped = Some(10);
        habits.SessionLife = _chance.OneIn(3) ? TimeSpan.FromSeconds(25 + _chance.Below(90)) : null;
        _refusals = Some(10);
        _world.Haste = _chance.OneIn(2) ? 4 : 0;
        _world.Time.Lateness = _chance.OneIn(4) ? () => _chance.OneIn(10) ? _chance.Between(0, 200) : TimeSpan.Zero : null;
        _venue.Network.Fate = host => _down.TryGetValue(host, out ConnectFate fate) ? fate : _chance.Percent(_refusals) ? PickFate() : ConnectFate.Accepted;
        Sometimes(25, () => AnyConnection()?.Cut());
        Sometimes(50, () => AnyConnection()?.ForgetSilently());
        Sometimes(12, () => AnyConnection()?.Stall(_chance.OneIn(2), _chance.Between(50, 12_000)));
        Sometimes(60, () => Restart(s_hosts[_chance.Below(2)]));
        Sometimes(40, () => AnySession()?.Close(s_closeCodes[_chance.Below(s_closeCodes.Length)]));
        Sometimes(60, () => AnySession()?.Notice(_chance.Between(200, 30_000)));
        Sometimes(25, () => AnyWatched()?.Starve(_chance.OneIn(3)));
        Sometimes(40, () => Flap(s_hosts[_chance.Below(2)], 2 + _chance.Below(5)));
        Sometimes(30, () => _world.Time.StepWallClock(_chance.Between(-1e10, 1e10)));
        Sometimes(90, () => Suspend(_chance.Between(100, 20_000)));
    }

    /// <summary>From now on nothing goes wrong any more.</summary>
    public void End()
    {
        _isOver = true;
        _down.Clear();
        _refusals = 0;
        _venue.Habits.Calm();

        // A spare connection that gets nothing would come into use at any time, and be noticed only after the quiet time.
        foreach (VenueSession session in _venue.Sessions.FindAll(static session => session.Streams.Count == 0))
        {
            session.Feed();
        }

        foreach (VenueSession session in _venue.Sessions.FindAll(session => _world.Planted == Planted.UnwatchedStream && _venue.Watchers.Contains(session.Address.Query)))
        {
            session.Starve(isMute: true);
        }

        _venue.Habits.IsQuiet = !_venue.Market.NeverRests;
        _venue.Habits.SessionLife = null;
        _world.Haste = 0;
        _world.Time.Lateness = null;
    }

    private int Some(int percent) => _chance.OneIn(2) ? percent : 0;

    private ConnectFate PickFate() => _chance.OneIn(2) ? ConnectFate.Refused : ConnectFate.Hanging;

    private SimConnection? AnyConnection()
    {
        List<SimConnection> open = _venue.Network.Open.FindAll(static connection => !connection.Client.IsEnded);
        return open.Count == 0 ? null : open[_chance.Below(open.Count)];
    }

    private VenueSession? AnySession()
    {
        List<VenueSession> open = _venue.Sessions.FindAll(static session => session.IsUpgraded);
        return open.Count == 0 ? null : open[_chance.Below(open.Count)];
    }

    private VenueSession? AnyWatched()
    {
        List<VenueSession> watched = _venue.Sessions.FindAll(session => session.IsUpgraded && _venue.Watchers.Contains(session.Address.Query));
        return watched.Count == 0 ? null : watched[_chance.Below(watched.Count)];
    }

    /// <summary>A kind of fault that one history in two has, at random times, so many seconds apart on average.</summary>
    private void Sometimes(double seconds, Action fault)
    {
        if (_chance.OneIn(2))
        {
            Later(seconds, fault);
        }
    }

    private void Later(double seconds, Action fault) => _world.Time.Schedule(_chance.After(seconds * 1000), () =>
    {
        if (!_isOver)
        {
            fault();
            Later(seconds, fault);
        }
    });

    private void Restart(string host)
    {
        _world.Trace.Note("restart", 0, 0, host);
        bool isPolite = _chance.OneIn(2);
        foreach (VenueSession session in _venue.SessionsOf(host))
        {
            if (isPolite && session.IsUpgraded)
            {
                session.Close(1012);
            }
            else
            {
                session.Cut("restart");
            }
        }

        Down(host, _chance.Between(100, 8000));
    }

    private void Flap(string host, int times)
    {
        if (times > 0 && !_isOver)
        {
            foreach (VenueSession session in _venue.SessionsOf(host))
            {
                session.Cut("flap");
            }

            Down(host, _chance.Between(50, 1500));
            _world.Time.Schedule(_chance.Between(1500, 6000), () => Flap(host, times - 1));
        }
    }

    private void Down(string host, TimeSpan span)
    {
        _down[host] = PickFate();
        _world.Time.Schedule(span, () => _down.Remove(host));
    }

    /// <summary>The process stands still; all that was due meanwhile is late.</summary>
    private void Suspend(TimeSpan span)
    {
        _world.Trace.Note("suspend", (long)span.TotalMilliseconds);
        _world.Time.Jump(span);
    }
}
