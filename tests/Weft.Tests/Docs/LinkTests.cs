using System.Text.RegularExpressions;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>What the documents point to is there: files, headings, projects and scripts.</summary>
[ReleaseIsEnough]
public sealed partial class LinkTests
{
    [Fact]
    public void Links_ToFilesAndHeadings_LeadSomewhere()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        List<string> broken = [];
        foreach (string document in Repository.Documents)
        {
            foreach (Match link in Link().Matches(string.Join('\n', Repository.Lines(document))))
            {
                string path = link.Groups["path"].Value, heading = link.Groups["heading"].Value;
                if (path.Contains("://", StringComparison.Ordinal))
                    continue;
                string target = path.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, path);
                string full = Path.Combine(Repository.Root, target);
                if (!Path.Exists(full) || (heading.Length > 0 && !Headings(target).Contains(heading)))
                    broken.Add($"{document}: {link.Value}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Commands_InConsoleBlocks_NameProjectsAndScriptsThatExist()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        string[] commands =
        [
            .. Repository.Documents.SelectMany(document => CodeBlock.Of(document, "console"))
                .SelectMany(block => block.Text.Split('\n')).Where(line => line.StartsWith("$ ", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(commands);
        Assert.All(
            commands.SelectMany(command => RepositoryPath().Matches(command).Select(match => match.Value)),
            path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    // As GitHub makes them: lower case, spaces to dashes, nothing but letters, digits, dashes and underscores.
    private static IEnumerable<string> Headings(string document) => Repository.Lines(document)
        .Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<= )(src|tests|samples|benchmarks|scripts)/[\w./-]+")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
