using System;
using System.Threading.Tasks;
using PerfConn.Interop.Namespaces;

namespace PerfConn.Interop;

/// <summary>What runs when this assembly is started as a program: a scenario, in a network namespace that the tests have made for it.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [DeadPeer.Name]:
                await DeadPeer.RunAsync();
                return 0;
            case [BlackholedAddress.Name]:
                await BlackholedAddress.RunAsync();
                return 0;
            case [ColdConnect.Name, string port, string hasHole]:
                await ColdConnect.RunAsync(port, hasHole);
                return 0;
            default:
                await Console.Error.WriteLineAsync("this is a test assembly; run it with dotnet test");
                return 2;
        }
    }
}
