using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace PerfConn.Lab.Running;

/// <summary>How the lab starts itself once more.</summary>
internal static class LabProcess
{
    public static ProcessStartInfo Command(params IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self);
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LabProcess).Assembly.Location);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
