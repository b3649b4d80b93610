namespace Weft.Benchmarks.Harness;

/// <summary>One who is measured: Weft or a peer.</summary>
/// <param name="Name">Its name in the report.</param>
internal sealed record Contender(string Name)
{
    /// <summary>The name of the contender all others are compared with.</summary>
    public const string Weft = "weft";

    /// <summary>Takes a sample inside a child process of this program; null for a program of its own.</summary>
    public Func<Run, Sample>? Body { get; private init; }

    /// <summary>The program, when it is one, or the one that the body starts.</summary>
    public PeerProgram? Program { get; private init; }

    /// <summary>Whether it is Weft, or one of the ways in which a program may use Weft.</summary>
    public bool IsWeft { get; private init; } = Name == Weft;

    /// <summary>The program's arguments.</summary>
    public Func<Run, string> Arguments { get; private init; } = static _ => "";

    /// <summary>Why it cannot be measured on this machine; null if it can.</summary>
    public Func<string?>? WhyNot { get; init; }

    /// <summary>Whether <c>--quick</c> leaves it out.</summary>
    public bool Slow { get; init; }

    /// <summary>A contender written in C#.</summary>
    public static Contender Managed(string name, Func<Run, Sample> body) => new(name) { Body = body };

    /// <summary>A sub-command of the Go peers.</summary>
    public static Contender Go(Func<Run, string> arguments) =>
        new("go") { Program = PeerProgram.Go, Arguments = run => $"{arguments(run)} -procs {run.Procs}" };

    /// <summary>A server of Weft.Benchmarks.Web, which the body starts and asks.</summary>
    public static Contender Web(string name, bool isWeft, Func<Run, Sample> body) =>
        new(name) { Body = body, Program = PeerProgram.Web, IsWeft = isWeft };

    /// <summary>The C peer that makes threads.</summary>
    public static Contender C(Func<Run, string> arguments) => new("c") { Program = PeerProgram.C, Arguments = arguments };
}
