using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace PerfConn.Tool.Commands;

/// <summary>Options that are numbers within bounds, with one-line messages for what is none; read in the invariant culture.</summary>
internal static class NumberOption
{
    /// <summary>An option that may be left out.</summary>
    public static Option<T?> Optional<T>(string name, string help, string description, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = help,
            CustomParser = result => Read(result, name, least, most),
        };

    /// <summary>An option with a default.</summary>
    public static Option<T> Create<T>(string name, string help, string description, T least, T most, T otherwise)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = help,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => Read(result, name, least, most) ?? otherwise,
        };

    private static T? Read<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value)
            && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} '{text}' is not a number from {least} to {most}"));
        return null;
    }
}
