using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Dispatch;

namespace PerfConn.Tests.Faults;

/// <summary>Keeps the payloads that it is given, in order.</summary>
internal sealed class Payloads : ITickHandler
{
    private readonly List<string> _all = [];
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _wanted;

    /// <summary>Keeps them.</summary>
    /// <param name="wanted">How many complete <see cref="Enough"/>.</param>
    public Payloads(int wanted = int.MaxValue) => _wanted = wanted;

    /// <summary>Completes when there are as many as wanted.</summary>
    public Task Enough => _enough.Task;

    public string[] All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    public void OnTick(in Tick tick)
    {
        lock (_all)
        {
            _all.Add(Encoding.UTF8.GetString(tick.Payload));
            if (_all.Count == _wanted)
            {
                _enough.TrySetResult();
            }
        }
    }

    public void OnGap(in Gap gap)
    {
    }
}
