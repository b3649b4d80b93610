using System.Text.RegularExpressions;
using Weft.Runtime.Running;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>The lists of <c>docs/reliability.md</c> are those of the code.</summary>
[ReleaseIsEnough]
public sealed partial class ReliabilityTests
{
    private const string Document = "docs/reliability.md";

    [Fact]
    public void WaitReasons_EachText_IsNamedInTheInvariant()
    {
        SkipAwayFromSource();
        string[] named =
        [
            .. Repository.Lines(Document)
                .SkipWhile(static line => !line.StartsWith("10. ", StringComparison.Ordinal)).Skip(1)
                .TakeWhile(static line => line.StartsWith("    - ", StringComparison.Ordinal))
                .SelectMany(Quoted),
        ];
        string[] texts =
        [
            .. Enum.GetValues<WaitReason>().Where(static reason => reason != WaitReason.OrOutside).Select(static reason => reason.Text()),
        ];
        Assert.Equal(texts.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Labels_OfTheFaultPoints_AreListed()
    {
        SkipAwayFromSource();
        string listed = Assert.Single(
            Repository.Lines(Document), static line => line.StartsWith("- **Labelled points**", StringComparison.Ordinal));
        string[] labels =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(static file => Hit().Matches(File.ReadAllText(file))).Select(static hit => hit.Groups[1].Value),
        ];
        Assert.Equal(
            labels.Order(StringComparer.Ordinal),
            Quoted(listed[listed.IndexOf("The labels:", StringComparison.Ordinal)..]).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Quoted(string text) => Code().Matches(text).Select(static code => code.Groups[1].Value);

    private static void SkipAwayFromSource() =>
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"FaultPoints\.Hit\(""([^""]+)""\)")]
    private static partial Regex Hit();
}
