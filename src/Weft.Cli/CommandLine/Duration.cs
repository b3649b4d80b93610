using System.Globalization;

namespace Weft.Cli.CommandLine;

/// <summary>A length of time as people write it: <c>100ms</c>, <c>1.5s</c>, <c>2m</c>. The unit is never guessed.</summary>
internal readonly record struct Duration(TimeSpan Value)
{
    // Longest suffix first: "ms" and "us" end in the "s" of seconds.
    private static readonly (string Suffix, TimeSpan Unit)[] s_units =
    [
        ("us", TimeSpan.FromMicroseconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
    ];

    public static bool TryParse(string text, out Duration duration)
    {
        foreach ((string suffix, TimeSpan unit) in s_units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            const NumberStyles Style = NumberStyles.AllowDecimalPoint;
            bool ok = double.TryParse(text.AsSpan(0, text.Length - suffix.Length), Style, CultureInfo.InvariantCulture, out double count)
                && count * unit.TotalSeconds < int.MaxValue;
            duration = ok ? new Duration(unit * count) : default;
            return ok;
        }

        duration = default;
        return false;
    }

    public override string ToString()
    {
        (string suffix, TimeSpan unit) = Value switch
        {
            _ when Value == TimeSpan.Zero => s_units[2],
            _ when Value < TimeSpan.FromMilliseconds(1) => s_units[0],
            _ when Value < TimeSpan.FromSeconds(1) => s_units[1],
            _ when Value < TimeSpan.FromMinutes(2) => s_units[2],
            _ => s_units[3],
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Value / unit:0.#######}{suffix}");
    }
}
