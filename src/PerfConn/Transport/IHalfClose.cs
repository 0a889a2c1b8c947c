using System.Threading.Tasks;

namespace PerfConn.Transport;

/// <summary>
/// A transport that can end its own side of the stream and go on reading: the goodbye of a framing that has no words for it. What was written before arrives, which a cut
/// does not promise.
/// </summary>
internal interface IHalfClose
{
    /// <summary>Ends the outgoing side. Called once, after the last write has completed; never throws.</summary>
    ValueTask CloseOutputAsync();
}
