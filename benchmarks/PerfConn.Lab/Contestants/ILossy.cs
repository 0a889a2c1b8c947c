using PerfConn.Dispatch;

namespace PerfConn.Lab.Contestants;

/// <summary>A contestant that may drop or conflate what it is given.</summary>
internal interface ILossy
{
    LaneStatistics Statistics { get; }
}
