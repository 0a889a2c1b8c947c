namespace PerfConn.Tool.Running;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All went as it was asked for.</summary>
    public const int Success = 0;

    /// <summary>Something failed; one line on standard error names it.</summary>
    public const int Failure = 1;

    /// <summary>The command line makes no sense; one line on standard error says why.</summary>
    public const int Usage = 2;
}
