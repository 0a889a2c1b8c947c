using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>A client that nobody here wrote, in another language: how it is made ready, and how it is started. Absent ones say so and are left out.</summary>
internal sealed class Peer
{
    private readonly Func<string, Job, ProcessStartInfo> _command;

    private Peer(string name, bool hasTls, Func<string, Job, ProcessStartInfo> command)
    {
        Name = name;
        HasTls = hasTls;
        _command = command;
    }

    public string Name { get; }

    public bool HasTls { get; }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Peers");

    /// <summary>Those whom this machine has; the others are told to <paramref name="absent"/>.</summary>
    public static async Task<IReadOnlyList<Peer>> FindAsync(Action<string> absent)
    {
        var peers = new List<Peer>();
        foreach (Func<Action<string>, Task<Peer?>> find in (Func<Action<string>, Task<Peer?>>[])[BeastAsync, NodeAsync, PythonAsync])
        {
            if (await find(absent) is { } peer)
            {
                peers.Add(peer);
            }
        }

        return peers;
    }

    /// <summary>It, doing <c>count</c>, <c>latency</c>, <c>send</c> or <c>echo</c>.</summary>
    public Contestant For(string work) => new(Name, job => _command(work, job));

    private static async Task<Peer?> BeastAsync(Action<string> absent)
    {
        string source = Path.Combine(Folder, "beast.cpp");
        string hash = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(source)))[..16];
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "perfconn-lab", hash)).FullName;
        string program = Path.Combine(folder, "beast");
        if (!File.Exists(program))
        {
            if (Programs.Find("g++") is not { } compiler || !Directory.Exists("/usr/include/boost/beast"))
            {
                absent($"{Names.Beast} is left out: it needs g++ and Boost's headers (Debian: g++, libboost-dev)");
                return null;
            }

            string made = Path.Combine(folder, "beast.new");
            if (await Programs.RunAsync(compiler, "-O3", "-std=c++17", source, "-o", made, "-lpthread") is null)
            {
                absent($"{Names.Beast} is left out: g++ could not build it");
                return null;
            }

            File.Move(made, program, overwrite: true);
        }

        return new Peer(Names.Beast, hasTls: false, (work, job) =>
        {
            var url = new Uri(job.Url);
            return new ProcessStartInfo(program, [work, url.Host, Text(url.Port), url.PathAndQuery, Text(job.WarmUp), Text(job.Seconds)]);
        });
    }

    private static async Task<Peer?> NodeAsync(Action<string> absent)
    {
        if (Programs.Find("node") is not { } node)
        {
            absent("npm ws is left out: it needs node and npm");
            return null;
        }

        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "ws"))
            && (Programs.Find("npm") is not { } npm
                || await Programs.RunAsync(npm, "install", "--prefix", Folder, "--no-audit", "--no-fund", "--no-package-lock", "--silent") is null))
        {
            absent("npm ws is left out: npm could not install it");
            return null;
        }

        return new Peer("npm ws", hasTls: true, (work, job) => new ProcessStartInfo(
            node, [Path.Combine(Folder, "client.mjs"), work, job.Url, Text(job.WarmUp), Text(job.Seconds)]));
    }

    private static async Task<Peer?> PythonAsync(Action<string> absent)
    {
        if (Programs.Find("python3") is not { } python || await Programs.RunAsync(python, "-c", "import websockets") is null)
        {
            absent("Python websockets is left out: it needs python3 and its websockets (Debian: python3-websockets)");
            return null;
        }

        return new Peer("Python websockets", hasTls: true, (work, job) => new ProcessStartInfo(
            python, [Path.Combine(Folder, "client.py"), work, job.Url, Text(job.WarmUp), Text(job.Seconds)]));
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
