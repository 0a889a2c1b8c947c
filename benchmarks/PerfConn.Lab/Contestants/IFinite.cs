using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>A contestant whose work ends by itself, not when a time is up.</summary>
internal interface IFinite
{
    /// <summary>Does the work and says what it took.</summary>
    Task<Measurement> MeasureAsync();
}
