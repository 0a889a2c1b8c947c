using System.Collections.Generic;
using System.Text;
using PerfConn.Dispatch;

namespace PerfConn.Tests.Faults;

/// <summary>Keeps the payloads that it is given, in order.</summary>
internal sealed class Payloads : ITickHandler
{
    private readonly List<string> _all = [];

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
        }
    }

    public void OnGap(in Gap gap)
    {
    }
}
