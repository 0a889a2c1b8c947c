using System.Linq;
using System.Threading.Tasks;
using PerfConn.Interop.Namespaces;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Interop;

/// <summary>
/// What user space cannot fake, in a network of its own: a link that goes down under a live connection, an address that leads nowhere. Each figure is printed beside its bar; what
/// is asserted has room for a busy machine.
/// </summary>
public sealed class NetworkNamespaceTests(ITestOutputHelper output)
{
    private const double BusyMachine = 3000;

    /// <summary>RELIABILITY D19: noticed within ping interval + timeout + 250 ms; a send fails within its deadline + 250 ms.</summary>
    [NamespaceFact]
    public async Task A_peer_behind_a_dead_link_is_noticed()
    {
        Figure[] figures = await RunAsync(DeadPeer.Name);
        Assert.Equal(6, figures.Length);
        Assert.All(figures, figure => Assert.InRange(figure.Value, 100, figure.Bar + BusyMachine));
    }

    /// <summary>RELIABILITY D25: connected within 250 ms, a round trip and 50 ms, and no socket left to the address that did not answer.</summary>
    [NamespaceFact]
    public async Task A_blackholed_address_costs_one_delay_and_leaves_no_socket()
    {
        Figure[] figures = await RunAsync(BlackholedAddress.Name);
        Assert.Equal(9, figures.Length);
        Assert.All(figures[..4], figure => Assert.InRange(figure.Value, 200, figure.Bar + BusyMachine));
        Assert.Equal(0, figures[^1].Value);
    }

    private async Task<Figure[]> RunAsync(string scenario)
    {
        Figure[] figures = await NetworkNamespace.RunAsync(scenario);
        output.WriteLine(string.Join('\n', figures.Select(figure => figure.ToString())));
        return figures;
    }
}
