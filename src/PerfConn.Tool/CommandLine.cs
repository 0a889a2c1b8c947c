using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Tool.Commands;
using PerfConn.Tool.Running;

namespace PerfConn.Tool;

/// <summary>The whole command line with everything that it touches passed in: what <c>Main</c> calls, and what tests call in their own process.</summary>
internal static class CommandLine
{
    /// <summary>What people type.</summary>
    public const string Name = "perfconn";

    /// <summary>Runs a command to its end; whatever fails becomes one line on the error writer and an exit code, never an exception.</summary>
    /// <param name="args">As the shell passed them.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="stop">Ends the command in good order, with its report.</param>
    public static async Task<int> RunAsync(string[] args, ToolConsole console, CancellationToken stop)
    {
        // '@file' belongs to --symbols, and is no file of arguments.
        ParseResult parsed = CreateRoot(console).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Usage(console, parsed, Complaint(parsed));
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = console.Output,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stop).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            return Usage(console, parsed, e.Message);
        }
        catch (Exception e) when (e is ConnectionException or ToolException)
        {
            return Fail(console, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Fail(console, "interrupted before there was anything to report");
        }
        catch (Exception e)
        {
            // A defect of this tool; still one line, but one that names it.
            return Fail(console, $"unexpected {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The message as one line that says who speaks, whatever it contains.</summary>
    public static string OneLine(string message)
    {
        var line = new StringBuilder(Name + ": ");
        foreach (string word in message.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            line.Append(word).Append(' ');
        }

        return line.ToString().TrimEnd(' ', '.');
    }

    /// <summary>No <see cref="RootCommand"/>: that one is named after the assembly, and people type perfconn.</summary>
    private static Command CreateRoot(ToolConsole console) => new(Name, "Market data connections: try them, watch them, measure them.")
    {
        DemoCommand.Create(console),
        WatchCommand.Create(console),
        EchoCommand.Create(console),
        AutobahnCommand.Create(console),
        SimulateCommand.Create(console),
        new HelpOption { Recursive = true },
        new VersionOption(),
    };

    /// <summary>What the parser objects to, in words that name it: an unknown word before whatever is missing because of it.</summary>
    private static string Complaint(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [string unknown, ..])
        {
            return unknown.StartsWith('-') ? $"unknown option '{unknown}'"
                : parsed.CommandResult.Command.Name == Name ? $"unknown command '{unknown}'"
                : $"unexpected argument '{unknown}'";
        }

        return parsed.CommandResult.Command.Name == Name ? "a command is missing" : parsed.Errors[0].Message;
    }

    private static int Usage(ToolConsole console, ParseResult parsed, string message)
    {
        string command = parsed.CommandResult.Command.Name;
        command = command == Name ? Name : $"{Name} {command}";
        console.Error.WriteLine(OneLine(message) + $"; try '{command} --help'");
        return ExitCode.Usage;
    }

    private static int Fail(ToolConsole console, string message)
    {
        console.Error.WriteLine(OneLine(message));
        return ExitCode.Failure;
    }
}
