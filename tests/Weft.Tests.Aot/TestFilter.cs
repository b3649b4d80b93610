using System.Text.RegularExpressions;

namespace Weft.Tests.Aot;

/// <summary>
/// Which tests to run, in the words of xunit's console runner: <c>-class</c>, <c>-method</c>, <c>-namespace</c>, and each with a minus sign
/// after it.
/// </summary>
internal sealed class TestFilter
{
    private readonly List<(string Kind, Regex Pattern)> _wanted = [];
    private readonly List<(string Kind, Regex Pattern)> _unwanted = [];

    /// <summary>Null, and why, when the command line is not understood.</summary>
    public static TestFilter? Parse(string[] args, out string? mistake)
    {
        mistake = null;
        var filter = new TestFilter();
        for (int i = 0; i < args.Length; i += 2)
        {
            string kind = args[i].Trim('-');
            if (kind is not ("class" or "method" or "namespace") || args[i][0] != '-' || i + 1 == args.Length)
            {
                mistake = $"expected -class, -method, -namespace, -class-, -method- or -namespace- with a pattern, "
                    + $"not '{string.Join(' ', args[i..])}'";
                return null;
            }

            var pattern = new Regex($"^{Regex.Escape(args[i + 1]).Replace("\\*", ".*", StringComparison.Ordinal)}$");
            (args[i].EndsWith('-') ? filter._unwanted : filter._wanted).Add((kind, pattern));
        }

        return filter;
    }

    /// <summary>Wanted by one pattern of each kind that was given, and unwanted by none.</summary>
    public bool Includes(TestCase test) =>
        _wanted.GroupBy(static it => it.Kind).All(kind => kind.Any(it => Matches(it, test))) && !_unwanted.Exists(it => Matches(it, test));

    private static bool Matches((string Kind, Regex Pattern) it, TestCase test) => it.Pattern.IsMatch(it.Kind switch
    {
        "class" => test.Class.FullName!,
        "namespace" => test.Class.Namespace!,
        _ => $"{test.Class.FullName}.{test.Method.Name}",
    });
}
