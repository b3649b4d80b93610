using System.Globalization;

namespace Weft.Threads.Platforms;

/// <summary>Reads what the system shows as files. What is missing, or not as expected, gives null. Tests give another root.</summary>
internal sealed class SystemFiles(string root)
{
    /// <summary>The text of a file with an absolute path; null if it cannot be read.</summary>
    internal string? Text(string path)
    {
        try
        {
            return File.ReadAllText(Full(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The lines of a file, without empty ones.</summary>
    internal string[] Lines(string path) => Text(path)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The number that a file contains; null for anything else, such as <c>max</c>.</summary>
    internal long? Number(string path) => Parse(Text(path));

    /// <summary>The names of what is in a folder.</summary>
    internal IEnumerable<string> Names(string path)
    {
        try
        {
            return Directory.GetDirectories(Full(path)).Select(Path.GetFileName)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    internal static long? Parse(ReadOnlySpan<char> text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private string Full(string path) => Path.Join(root, path);
}
