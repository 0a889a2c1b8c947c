using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Connections;

/// <summary>Where a login takes messages from.</summary>
internal interface ILoginSource
{
    ValueTask<LoginMessage> TakeAsync(CancellationToken cancellationToken);
}
