using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>What a reader can paste compiles; a whole program runs, and prints what its comments say.</summary>
[ReleaseIsEnough]
public sealed partial class CodeBlockTests
{
    private const string Surroundings = "static Weft.Tests.Docs.Surroundings";

    [Fact]
    public void Blocks_OfEveryDocument_Compile()
    {
        SkipAwayFromSource();
        CodeBlock[] blocks = [.. AllBlocks().Where(block => !IsOfASample(block))];
        Assert.NotEmpty(blocks);
        AssertNothing(blocks.SelectMany(
            block => Snippets.Compile(block.Text, Surroundings).Complaints.Select(complaint => $"{block}: {complaint}")));
    }

    [Fact]
    public void Blocks_OfSamples_AreTheirCode()
    {
        SkipAwayFromSource();
        CodeBlock[] blocks = [.. AllBlocks().Where(IsOfASample)];
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)];
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(sources, source => source.Contains(Indented(block.Text), StringComparison.Ordinal)));

        static string Indented(string text) =>
            string.Join('\n', text.Split('\n').Select(static line => line.Length == 0 ? line : $"    {line}"));
    }

    [Fact]
    public async Task Blocks_ThatAreWholePrograms_PrintWhatTheirCommentsSay()
    {
        SkipAwayFromSource();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "They read files that other systems have not.");
        string directory = Directory.CreateTempSubdirectory("weft-blocks-").FullName;
        try
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Weft.dll"), Path.Combine(directory, "Weft.dll"));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Weft.TestChild.runtimeconfig.json"),
                Path.Combine(directory, "block.runtimeconfig.json"));
            int ran = 0;
            foreach (CodeBlock block in AllBlocks())
            {
                (string[] complaints, Compilation compilation) = Snippets.Compile(block.Text);
                if (complaints.Length > 0)
                    continue;
                string program = Path.Combine(directory, "block.dll");
                Assert.True(compilation.Emit(program).Success);
                ChildProcess run = await ChildProcess.RunProgramAsync(program);
                Assert.True(run.ExitCode == 0, $"{block}: {run}");
                string[] printed = run.Output.Split('\n');
                foreach (Match line in PrintedLine().Matches(block.Text))
                    Assert.True(printed.Contains(line.Groups[1].Value), $"{block}: {line.Value}, but it printed {run.Output}");
                ran++;
            }

            // Most blocks are programs.
            Assert.True(ran > AllBlocks().Count() / 2, $"{ran} blocks are programs.");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Examples_InTheXmlDocumentation_Compile()
    {
        CodeBlock[] examples = [.. CodeBlock.Examples(Path.Combine(AppContext.BaseDirectory, "Weft.xml"))];
        Assert.NotEmpty(examples);
        AssertNothing(examples.SelectMany(example => Snippets
            .Compile(AsProgram(example.Text), "Weft.Threads", "System.Threading.Channels", Surroundings)
            .Complaints.Select(complaint => $"{example}: {complaint}")));

        // An example of a field and its use is a part of a class.
        static string AsProgram(string text) =>
            text.TrimStart().StartsWith("private ", StringComparison.Ordinal) ? $"_ = new Example();\nclass Example\n{{\n{text}\n}}" : text;
    }

    // Weft.AspNetCore.Tests has ASP.NET Core and Orleans, and compiles what is about them.
    private static IEnumerable<CodeBlock> AllBlocks() =>
        Repository.Documents.Where(static document => Path.GetFileName(document) is not ("aspnetcore.md" or "orleans.md"))
            .SelectMany(static document => CodeBlock.Of(document, "csharp")).Where(static block => !block.IsOfAHost);

    // Members of a class are quoted from a sample, which is compiled and tested as such.
    private static bool IsOfASample(CodeBlock block) => block.Text.StartsWith("/// <summary>", StringComparison.Ordinal);

    private static void AssertNothing(IEnumerable<string> complaints)
    {
        string all = string.Join('\n', complaints);
        Assert.True(all.Length == 0, all);
    }

    private static void SkipAwayFromSource() =>
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");

    [GeneratedRegex(@"Console\.WriteLine\(.*\);\s*// (\w+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedLine();
}
