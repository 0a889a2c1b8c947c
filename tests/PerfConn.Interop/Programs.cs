using System;
using System.IO;
using System.Linq;

namespace PerfConn.Interop;

/// <summary>Which foreign programs this machine has.</summary>
internal static class Programs
{
    private static readonly string[] s_folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin"];

    /// <summary>The folder of the peers' scripts, in the sources: npm's modules lie beside them.</summary>
    public static string Scripts { get; } = Path.Combine(Root(), "tests", "PerfConn.Interop", "Peers");

    /// <summary>The program's path; null where it is absent. Debian's own folders first: its Python has Debian's packages.</summary>
    public static string? Find(string program) => s_folders
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <summary>Why a test with this peer cannot run here; null when it can.</summary>
    public static string? WhyAbsent(string peer) => peer switch
    {
        "ws" => Find("node") is null ? Absent("node") : Directory.Exists(Path.Combine(Scripts, "node_modules", "ws")) ? null : Absent("npm's ws"),
        "websockets" => Find("python3") is null ? Absent("python3") : Directory.Exists("/usr/lib/python3/dist-packages/websockets") ? null : Absent("Python's websockets"),
        _ => Find(peer) is null ? Absent(peer) : null,
    };

    private static string Absent(string what) => $"{what} is not installed here; .ci/run installs it";

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PerfConn.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests run outside the sources");
    }
}
