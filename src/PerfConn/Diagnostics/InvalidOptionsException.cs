using System;
using System.Collections.Generic;

namespace PerfConn.Diagnostics;

/// <summary>Options that cannot be used. All that is wrong with them is told at once, each by its name.</summary>
public class InvalidOptionsException : ArgumentException
{
    /// <summary>Makes an exception without particulars.</summary>
    public InvalidOptionsException()
        : base("The options cannot be used.")
    {
    }

    /// <summary>Makes an exception without particulars.</summary>
    public InvalidOptionsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without particulars.</summary>
    public InvalidOptionsException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of all that is wrong.</summary>
    public InvalidOptionsException(IReadOnlyList<string> errors)
        : base($"{(errors.Count == 1 ? "An option" : $"{errors.Count} options")} cannot be used: {string.Join("; ", errors)}.") => Errors = errors;

    /// <summary>What is wrong, one sentence for each option, beginning with its name.</summary>
    public IReadOnlyList<string> Errors { get; } = [];
}
