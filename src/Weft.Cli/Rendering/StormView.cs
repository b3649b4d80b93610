using Spectre.Console;
using Weft.Cli.Storm;

namespace Weft.Cli.Rendering;

/// <summary>
/// Shows a storm while it goes on, on standard error: live on a terminal, a line a phase elsewhere, nothing there with --json.
/// </summary>
internal static class StormView
{
    public static T Show<T>(StormOptions options, Func<Action<StormProgress>, T> run)
    {
        // A child says nothing: its parent shows what it does.
        if (options.Engine == StormEngine.ThreadPool)
            return run(static _ => { });
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (console.Profile.Capabilities is { Interactive: true, Ansi: true } && console.Profile.Out.IsTerminal)
            return ShowLive(console, options, run);
        return run(options.Json ? static _ => { } : ShowPhases());
    }

    private static Action<StormProgress> ShowPhases()
    {
        string shown = "";
        return progress =>
        {
            if (progress.Phase == shown)
                return;
            shown = progress.Phase;
            Console.Error.WriteLine($"weft storm: {shown} ...");
        };
    }

    private static T ShowLive<T>(IAnsiConsole console, StormOptions options, Func<Action<StormProgress>, T> run)
    {
        // The display hides the cursor; an interrupt is to give it back.
        ConsoleCancelEventHandler restore = (_, _) => console.Cursor.Show(true);
        Console.CancelKeyPress += restore;
        try
        {
            var frame = new LiveFrame(options);
            return console.Live(frame.Render()).AutoClear(true).Start(context => run(progress =>
            {
                frame.Update(progress);
                context.UpdateTarget(frame.Render());
            }));
        }
        finally
        {
            Console.CancelKeyPress -= restore;
        }
    }
}
