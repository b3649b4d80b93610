using Weft.Cli.Results;

namespace Weft.Cli.Storm;

/// <summary>What a storm did not do as promised, in words; empty when it did.</summary>
internal sealed class Verdict(TimeSpan settle)
{
    private readonly List<string> _complaints = [];

    public IReadOnlyList<string> Complaints => _complaints;

    public void Judge(StormResult result)
    {
        bool pool = result.Engine == StormOptions.NameOf(StormEngine.ThreadPool);
        string where = pool ? "on the ThreadPool: " : "";
        if (result.Lost.Length > 0)
            _complaints.Add($"{where}lost: {string.Join("; ", result.Lost)}");
        if (result.Files is { Matched: { } matched } files && matched != files.Count)
            _complaints.Add($"{where}sha256sum agrees with {matched} of {files.Count} digests");

        // The pool keeps its threads for 20 s and more: that it does is what a comparison shows, not a failure of the command.
        if (!pool && result.Lost.Length == 0 && result.Threads.SettleMs is null)
        {
            _complaints.Add(
                $"{settle.TotalSeconds:0.###} s after the last burst {result.Machines.After} threads of the scheduler were left: "
                + $"{result.Created} created, {result.Exited} exited, {result.Reaped} reaped");
        }
    }

    /// <summary>The same of the child that did it on the ThreadPool, and what it ended with.</summary>
    public void JudgeComparison(StormResult? result, int exitCode)
    {
        int before = _complaints.Count;
        if (result is not null)
            Judge(result);
        if (_complaints.Count == before && (result is null || exitCode != ExitCodes.Success))
            _complaints.Add($"the comparison with the ThreadPool ended with code {exitCode}{(result is null ? " and no result" : "")}");
    }
}
