namespace Weft.Samples.Tour;

/// <summary>A program of the tour.</summary>
/// <param name="Name">What to call it by on the command line.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="RunAsync">Runs it at its usual size.</param>
internal sealed record Stop(string Name, string Title, Func<Task<Outcome>> RunAsync);

/// <summary>What a program did.</summary>
/// <param name="Did">In one line.</param>
/// <param name="Right">The result is what it has to be.</param>
internal readonly record struct Outcome(string Did, bool Right);
