using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weft.Cli.CommandLine;

/// <summary>The <c>weft</c> command: its subcommands, and what happens to a command line it does not understand.</summary>
internal static class WeftCommand
{
    public static int Invoke(string[] args)
    {
        RootCommand root = Build();
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is null or System.CommandLine.Invocation.ParseErrorAction)
            return Refuse(parsed);
        return parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("Goroutines for .NET, on OS threads that come and go.");
        root.Subcommands.Add(StormCommand.Build());
        var version = new Command("version", "Prints the versions of weft and of the .NET runtime it runs on.");
        version.SetAction(_ => Console.WriteLine(
            $"weft {Version} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"));
        root.Subcommands.Add(version);
        return root;
    }

    private static string Version =>
        typeof(Scheduler).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";

    /// <summary>Says on one line why a command line is not taken, even when it quotes one with line ends.</summary>
    public static int Refuse(string command, string complaint)
    {
        Console.Error.WriteLine($"{command}: {complaint.ReplaceLineEndings(" ")}. '{command} --help' lists what it takes.");
        return ExitCodes.BadCommandLine;
    }

    private static int Refuse(ParseResult parsed)
    {
        var path = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
            path.Insert(0, command.Command.Name);
        string complaint = parsed.UnmatchedTokens is [var token, ..]
            ? $"there is no command or option '{token}' here"
            : parsed.Errors[0].Message.TrimEnd('.');
        return Refuse(string.Join(' ', ["weft", .. path]), complaint);
    }
}
