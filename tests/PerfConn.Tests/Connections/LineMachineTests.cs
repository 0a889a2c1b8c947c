using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Connections;
using PerfConn.Tests.Architecture;
using Xunit;

namespace PerfConn.Tests.Connections;

public sealed class LineMachineTests
{
    private static readonly LineState[] s_states = Enum.GetValues<LineState>();
    private static readonly LineTrigger[] s_triggers = Enum.GetValues<LineTrigger>();

    [Fact]
    public void Nothing_leads_out_of_a_final_state()
    {
        foreach (LineState state in s_states.Where(LineTransitions.IsFinal))
        {
            Assert.All(s_triggers, trigger => Assert.Null(LineTransitions.Next(state, trigger)));
        }
    }

    [Fact]
    public void Nothing_that_has_been_closed_goes_live_again()
    {
        var reached = new HashSet<LineState> { LineState.Draining };
        var open = new Queue<LineState>(reached);
        while (open.TryDequeue(out LineState state))
        {
            foreach (LineTrigger trigger in s_triggers)
            {
                if (LineTransitions.Next(state, trigger) is { } next && reached.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        Assert.Equal([LineState.Draining, LineState.Closed], reached.Order());
    }

    [Fact]
    public void Every_state_that_is_not_final_can_be_closed()
    {
        foreach (LineState state in s_states.Where(state => !LineTransitions.IsFinal(state) && state != LineState.Draining))
        {
            Assert.Equal(LineState.Draining, LineTransitions.Next(state, LineTrigger.Close));
        }
    }

    [Fact]
    public void Every_state_can_be_reached_and_every_trigger_means_something()
    {
        IEnumerable<LineState> reached = from state in s_states from trigger in s_triggers let next = LineTransitions.Next(state, trigger) where next is not null select next.Value;
        Assert.Equal(s_states.Where(state => state != LineState.Idle), reached.Distinct().Order());
        Assert.All(s_triggers, trigger => Assert.Contains(s_states, state => LineTransitions.Next(state, trigger) is not null));
    }

    [Fact]
    public void The_drawing_in_the_readme_is_the_table()
    {
        string readme = File.ReadAllText(Path.Combine(SourceTree.Root, "src/PerfConn/Connections/README.md"));
        IEnumerable<string> drawn = readme.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("-->", StringComparison.Ordinal) && line.Contains(':', StringComparison.Ordinal));
        IEnumerable<string> table = from state in s_states from trigger in s_triggers let next = LineTransitions.Next(state, trigger) where next is not null select $"{state} --> {next}: {trigger}";
        Assert.Equal(table.Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_word_about_another_generation_changes_nothing()
    {
        var machine = new LineMachine();
        machine.Fire(LineTrigger.Connect);
        Assert.True(machine.GoLive(out int first));

        Assert.False(machine.Fire(LineTrigger.Lose, first + 1));
        Assert.Equal(LineState.Live, machine.State);
        Assert.True(machine.Fire(LineTrigger.Rotate, first));
        Assert.True(machine.GoLive(out int second));
        Assert.Equal(first + 1, second);
        Assert.False(machine.Fire(LineTrigger.Lose, first));
        Assert.False(machine.GoLive(out _));
        Assert.Equal(LineState.Live, machine.State);
        Assert.Equal(second, machine.Generation);
    }

    /// <summary>Any history of words leaves the machine where the table says, and once closed it stays closed.</summary>
    [Fact]
    public void Histories_follow_the_table()
    {
        Prop.ForAll(
            Gen.Elements(s_triggers.Where(trigger => trigger != LineTrigger.GoLive).ToArray()).ListOf().ToArbitrary(),
            history =>
            {
                var machine = new LineMachine();
                bool wasClosed = false;
                foreach (LineTrigger trigger in history)
                {
                    LineState before = machine.State;
                    LineState? next = LineTransitions.Next(before, trigger);
                    Assert.Equal(next is not null, machine.Fire(trigger));
                    Assert.Equal(next ?? before, machine.State);
                    wasClosed |= next is not null && trigger == LineTrigger.Close;
                    Assert.True(!wasClosed || machine.State is LineState.Draining or LineState.Closed);
                }
            }).QuickCheckThrowOnFailure();
    }
}
