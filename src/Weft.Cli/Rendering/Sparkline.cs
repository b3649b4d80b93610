namespace Weft.Cli.Rendering;

/// <summary>A row of numbers as a row of bars, one character each.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>At most <paramref name="width"/> characters; with more values than that each shows the largest of its share.</summary>
    public static string Draw(IReadOnlyList<int> values, int width)
    {
        int length = Math.Min(width, values.Count);
        int top = Math.Max(1, values.Count == 0 ? 0 : values.Max());
        return string.Create(length, (values, top), static (line, state) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                int largest = 0;
                int end = (int)((long)(i + 1) * state.values.Count / line.Length);
                for (int at = (int)((long)i * state.values.Count / line.Length); at < end; at++)
                    largest = Math.Max(largest, state.values[at]);
                line[i] = Bars[(int)((long)largest * (Bars.Length - 1) / state.top)];
            }
        });
    }
}
