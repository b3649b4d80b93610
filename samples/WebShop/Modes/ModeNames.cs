namespace Weft.Samples.WebShop.Modes;

/// <summary>Modes as people write them.</summary>
internal static class ModeNames
{
    private static readonly string[] s_names = ["pool", "guard", "goroutines"];

    public static string All => string.Join(", ", s_names);

    public static string Text(this Mode mode) => s_names[(int)mode];

    public static bool TryParse(string text, out Mode mode)
    {
        int index = Array.IndexOf(s_names, text);
        mode = (Mode)Math.Max(index, 0);
        return index >= 0;
    }
}
