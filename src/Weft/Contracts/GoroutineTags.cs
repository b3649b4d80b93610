using System.Globalization;
using System.Text;

namespace Weft.Contracts;

/// <summary>What a program has called a goroutine: a name, and labels. Never changed; another takes its place.</summary>
internal sealed class GoroutineTags(string? name, KeyValuePair<string, string>[] labels)
{
    // Set by the first label of the process and never taken back: a program without labels does not look for any to inherit.
    private static volatile bool s_anyLabels;

    internal static GoroutineTags None => Empty.Tags;

    internal static bool AnyLabels => s_anyLabels;

    internal string? Name { get; } = name;

    /// <summary>In the order in which their keys were first set.</summary>
    internal KeyValuePair<string, string>[] Labels { get; } = labels;

    internal GoroutineTags WithName(string? name) => new(name, Labels);

    /// <summary>The same with one label set; null as its value takes it away.</summary>
    internal GoroutineTags WithLabel(string key, string? value)
    {
        int at = Array.FindIndex(Labels, label => label.Key == key);
        if (value is null)
            return at < 0 ? this : new GoroutineTags(Name, [.. Labels[..at], .. Labels[(at + 1)..]]);
        s_anyLabels = true;
        var set = new KeyValuePair<string, string>(key, value);
        return new GoroutineTags(Name, at < 0 ? [.. Labels, set] : [.. Labels[..at], set, .. Labels[(at + 1)..]]);
    }

    /// <summary>As a dump shows it, behind the number: <c> "worker" {request=42}</c>, or nothing.</summary>
    internal static string Text(string? name, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        if (name is null && labels.Count == 0)
            return "";
        var text = new StringBuilder();
        if (name is not null)
            Append(text.Append(" \""), name).Append('"');
        for (int i = 0; i < labels.Count; i++)
        {
            Append(text.Append(i == 0 ? " {" : ", "), labels[i].Key).Append('=');
            Append(text, labels[i].Value);
        }

        return (labels.Count > 0 ? text.Append('}') : text).ToString();
    }

    // A dump has one line for each goroutine, also for one whose name came from outside with a line feed in it.
    private static StringBuilder Append(StringBuilder text, string part)
    {
        foreach (char c in part)
        {
            if (char.IsControl(c))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }

        return text;
    }

    // Apart, so that every start of a goroutine reads the flag above without a look whether the class is initialized.
    private static class Empty
    {
        internal static readonly GoroutineTags Tags = new(null, []);
    }
}
