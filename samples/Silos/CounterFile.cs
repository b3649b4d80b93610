using System.Globalization;
using System.Text;

namespace Weft.Samples.Silos;

/// <summary>
/// The storage of a counter: a file with a line for each call that was applied, which says the call's number and id. It outlives the silo.
/// Every line is as long as every other, so the file's length is the count, and an append that does not expect it is refused, as storages
/// do it with an ETag: of two activations that know nothing of each other, the later one fails.
/// </summary>
internal sealed class CounterFile(string directory, long counter)
{
    private const int NumberDigits = 12;
    private const int IdDigits = 19;
    private const int LineLength = NumberDigits + IdDigits + 2;

    private readonly string _path = Path.Combine(directory, counter.ToString(CultureInfo.InvariantCulture));

    /// <summary>How many calls were applied.</summary>
    public long Count() => File.Exists(_path) ? new FileInfo(_path).Length / LineLength : 0;

    /// <summary>Applies a call. Blocks as long as the disk does.</summary>
    /// <exception cref="IOException">Another activation of the grain has appended, or is about to.</exception>
    public void Append(long number, long id)
    {
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        long count = file.Length / LineLength;
        if (count != number - 1)
            throw new IOException($"Counter {counter} is at {count}, not at {number - 1}: another activation of the grain is at work.");
        file.Seek(0, SeekOrigin.End);
        string line = string.Create(CultureInfo.InvariantCulture, $"{number:D12} {id:D19}\n");
        file.Write(Encoding.ASCII.GetBytes(line));
    }

    /// <summary>Every call that a file says was applied, in its order.</summary>
    public static IEnumerable<(long Number, long Id)> ReadAll(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            yield return (
                long.Parse(line.AsSpan(0, NumberDigits), CultureInfo.InvariantCulture),
                long.Parse(line.AsSpan(NumberDigits + 1), CultureInfo.InvariantCulture));
        }
    }
}
