using System.Text.RegularExpressions;
using Weft.Tests.Docs;

namespace Weft.Tests.Architecture;

/// <summary>
/// The folders of <c>src/Weft</c> in the order in which they rest on each other, the uppermost first. The order is stated in one place, the
/// table of <c>docs/architecture.md</c>.
/// </summary>
internal static partial class Layers
{
    /// <summary>What the table calls <c>src/Weft</c> itself.</summary>
    public const string Root = "src/Weft";

    private const string Document = "docs/architecture.md";

    /// <summary>As the table has them: without a slash at the end, <see cref="Root"/> for the root.</summary>
    public static IReadOnlyList<string> FromTopToBottom { get; } =
    [
        .. Repository.Lines(Document)
            .Select(static line => Row().Match(line))
            .Where(static row => row.Success)
            .Select(static row => row.Groups[1].Value),
    ];

    [GeneratedRegex(@"^\| `([\w/]+?)/?` \|")]
    private static partial Regex Row();
}
