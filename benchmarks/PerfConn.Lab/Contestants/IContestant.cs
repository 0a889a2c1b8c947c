using System.Threading.Tasks;

namespace PerfConn.Lab.Contestants;

/// <summary>Somebody who does the lab's work in a process of its own. Another thread watches it and ends the process when it has seen enough.</summary>
internal interface IContestant
{
    /// <summary>Messages so far; asked from another thread.</summary>
    long Messages { get; }

    /// <summary>Connects and begins to work; returns when the work goes on by itself.</summary>
    Task StartAsync();
}
