using Weft.Tests.Docs;

namespace Weft.AspNetCore.Tests.Docs;

/// <summary>
/// What a reader of the pages on ASP.NET Core and Orleans, or of the documentation of members, can paste into a project of theirs compiles.
/// </summary>
public sealed class AspNetCoreBlockTests
{
    // Those that a new web project has, and those of Orleans and Weft.
    private static readonly string[] s_usings =
    [
        "System.Net.Http.Json",
        "Microsoft.AspNetCore.Builder",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
        "Orleans",
        "Orleans.Hosting",
        "Weft.AspNetCore",
        "Weft.Hosting",
    ];

    [Theory]
    [InlineData("docs/aspnetcore.md")]
    [InlineData("docs/orleans.md")]
    public void Blocks_OfThePage_Compile(string page)
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        AssertCompile(CodeBlock.Of(page, "csharp"));
    }

    [Fact]
    public void Blocks_OfTheReadmeThatAreForHosts_Compile()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        AssertCompile(CodeBlock.Of("README.md", "csharp").Where(static block => block.IsOfAHost));
    }

    [Theory]
    [InlineData("Weft.Hosting.xml")]
    [InlineData("Weft.AspNetCore.xml")]
    public void Examples_InTheXmlDocumentation_Compile(string file) =>
        AssertCompile(CodeBlock.Examples(Path.Combine(AppContext.BaseDirectory, file)));

    private static void AssertCompile(IEnumerable<CodeBlock> blocks)
    {
        CodeBlock[] all = [.. blocks];
        Assert.NotEmpty(all);
        string complaints = string.Join('\n', all.SelectMany(static block =>
            Snippets.Compile(AsProgram(block.Text), s_usings).Complaints.Select(complaint => $"{block}: {complaint}")));
        Assert.True(complaints.Length == 0, complaints);
    }

    // Shorter blocks take the builder and the application for granted.
    private static string AsProgram(string text)
    {
        string builder = text.Contains("var builder", StringComparison.Ordinal) ? "" : "var builder = WebApplication.CreateBuilder();\n";
        string app = text.Contains("var app", StringComparison.Ordinal) ? "" : "var app = builder.Build();\n";
        return builder + app + text;
    }
}
