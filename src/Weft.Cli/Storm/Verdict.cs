using Weft.Cli.Results;

namespace Weft.Cli.Storm;

/// <summary>What a storm did not do as promised, in words; empty when it did.</summary>
internal sealed class Verdict
{
    private readonly List<string> _complaints = [];

    public IReadOnlyList<string> Complaints => _complaints;

    public void Add(string complaint) => _complaints.Add(complaint);

    public void Judge(StormResult result, StormOptions options)
    {
        foreach (string loss in result.Lost)
            Add($"lost: {loss}");
        if (result.Files is { Matched: { } matched } files && matched != files.Count)
            Add($"sha256sum agrees with {matched} of {files.Count} digests");

        // The pool keeps its threads for 20 s and more: that it does is what a comparison shows, not a failure of the command.
        if (options.Engine == StormEngine.Weft && result.Lost.Length == 0 && result.Threads.SettleMs is null)
        {
            Add($"{options.Settle.TotalSeconds:0.###} s after the last burst {result.Machines.After} threads of the scheduler were left: "
                + $"{result.Created} created, {result.Exited} exited, {result.Reaped} reaped");
        }
    }
}
