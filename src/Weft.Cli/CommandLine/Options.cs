using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Weft.Cli.CommandLine;

/// <summary>Makes options whose complaints name the option, what it takes, and what it got.</summary>
internal static class Options
{
    public static Option<int> Integer(string name, string description, int @default, int min, int max) => new(name)
    {
        Description = $"{description} ({min:N0} to {max:N0})",
        HelpName = "n",
        DefaultValueFactory = _ => @default,
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
                return value;
            argument.AddError($"{name} must be a whole number from {min:N0} to {max:N0}, not '{text}'");
            return @default;
        },
    };

    public static Option<Duration> Time(string name, string description, Duration @default, Duration min, Duration max) => new(name)
    {
        Description = $"{description} ({min} to {max}; units: us, ms, s, m)",
        HelpName = "time",
        DefaultValueFactory = _ => @default,
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (Duration.TryParse(text, out Duration value) && value.Value >= min.Value && value.Value <= max.Value)
                return value;
            argument.AddError($"{name} must be a time from {min} to {max} with its unit (us, ms, s, m), such as {@default}, not '{text}'");
            return @default;
        },
    };

    public static Option<string?> Choice(string name, string description, string? @default, params string[] choices) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', choices),
        DefaultValueFactory = _ => @default,
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (choices.Contains(text))
                return text;
            argument.AddError($"{name} must be {string.Join(" or ", choices)}, not '{text}'");
            return @default;
        },
    };
}
