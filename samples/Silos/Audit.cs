using System.Runtime.InteropServices;

namespace Weft.Samples.Silos;

/// <summary>What the callers were told against what the counters' files say.</summary>
internal sealed record Audit(long Acknowledged, long Applied, long Failed, IReadOnlyList<string> Wrong)
{
    /// <summary>Compares them. Every silo must have ended.</summary>
    /// <param name="acknowledged">What must be in the files, with the number that its caller was told.</param>
    /// <param name="failed">What may be there. Nothing else may.</param>
    /// <param name="ledger">The directory of the files.</param>
    public static Audit Of(IReadOnlyList<Acknowledged> acknowledged, IReadOnlyList<FailedCall> failed, string ledger)
    {
        var numbers = new Dictionary<long, long>(); // by the ids of what was acknowledged
        foreach (Acknowledged call in acknowledged)
            numbers.Add(call.Id, call.Number);
        var inDoubt = failed.Select(static call => call.Id).ToHashSet();
        var wrong = new List<string>();
        var times = new Dictionary<long, int>(); // how often each id was applied
        foreach (string path in Directory.EnumerateFiles(ledger))
        {
            string counter = Path.GetFileName(path);
            long last = 0;
            foreach ((long number, long id) in CounterFile.ReadAll(path))
            {
                if (number != ++last)
                    wrong.Add($"counter {counter} has {number} where {last} belongs");
                if (++CollectionsMarshal.GetValueRefOrAddDefault(times, id, out _) > 1)
                    wrong.Add($"call {id} was applied twice");
                if (numbers.TryGetValue(id, out long told) ? told != number : !inDoubt.Contains(id))
                    wrong.Add($"call {id} is number {number} of counter {counter}, and its caller was told otherwise");
            }
        }

        wrong.AddRange(numbers.Keys.Where(id => !times.ContainsKey(id)).Select(static id => $"call {id} was acknowledged, and is lost"));
        return new Audit(numbers.Count, times.Count, inDoubt.Count, wrong);
    }
}
