using Xunit;

namespace PerfConn.Tests;

/// <summary>Tests that measure the whole process, and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class AloneCollection : ICollectionFixture<QuietProcess>
{
    public const string Name = "Alone";
}
