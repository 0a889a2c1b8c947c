using System;

namespace PerfConn.Diagnostics;

/// <summary>Stands for a foreign exception whose own words held a secret: its type and its words are kept, the secret is masked.</summary>
internal sealed class RedactedException : Exception
{
    public RedactedException()
    {
    }

    public RedactedException(string message)
        : base(message)
    {
    }

    public RedactedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
