using System;
using System.CommandLine;

namespace PerfConn.Tool.Commands;

/// <summary>Options that are one of a few words, with a one-line message for any other.</summary>
internal static class ChoiceOption
{
    public static Option<string> Create(string name, string description, string otherwise, params string[] choices)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (Array.IndexOf(choices, text) < 0)
                {
                    result.AddError($"{name} '{text}' is none of {string.Join(", ", choices)}");
                }

                return text;
            },
        };
        option.CompletionSources.Add(choices);
        return option;
    }
}
