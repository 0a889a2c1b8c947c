using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.TestKit.Streams;
using PerfConn.Transport;

namespace PerfConn.TestKit;

/// <summary>Puts a <see cref="FaultPlan"/> between a line and any transport: give it to a line in place of the transport that it wraps.</summary>
/// <remarks>
/// Thread-safe. It counts operations and connections over its whole life. Bytes are passed on, not copied, unless one is spoiled. What it cannot do without a
/// socket, a real FIN or RST among them, <see cref="FaultProxy"/> does.
/// </remarks>
public sealed class FaultTransportFactory : ITransportFactory
{
    private readonly ITransportFactory _inner;
    private readonly TimeProvider _time;
    private int _connections;
    private int _open;

    /// <summary>Wraps a transport.</summary>
    /// <param name="inner">What opens the connections.</param>
    /// <param name="plan">What befalls them.</param>
    /// <param name="timeProvider">The time that a trickle goes by. Default: the system's.</param>
    public FaultTransportFactory(ITransportFactory inner, FaultPlan plan, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(plan);
        _inner = inner;
        Plan = plan;
        _time = timeProvider ?? TimeProvider.System;
        Operations = new OperationCounter(plan.FailAtOperation);
    }

    /// <summary>What befalls the connections.</summary>
    public FaultPlan Plan { get; }

    /// <summary>Counts the operations, and those that the test adds.</summary>
    public OperationCounter Operations { get; }

    /// <summary>Connections made so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections made and not yet disposed: 0 once all lines are closed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <inheritdoc/>
    /// <exception cref="NetworkException">The plan lets this connect fail.</exception>
    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Operations.Fails("connect"))
        {
            throw new NetworkException(endpoint.Url, $"connection refused (fault injected: {Operations.Failed})");
        }

        ITransport transport = await _inner.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        int number = Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _open);
        FaultPlan plan = Plan.OnlyConnection is { } only && only != number ? Plan with { Read = ByteFaults.None, Write = ByteFaults.None } : Plan;
        return new FaultTransport(transport, plan, number, Operations, _time, () => Interlocked.Decrement(ref _open));
    }

    /// <summary>The plan.</summary>
    public override string ToString() => Plan.ToString();
}
