using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weft.Tests.Docs;

/// <summary>Compiles code blocks as the statements of a program, with the usings that a new console project has.</summary>
internal static class Snippets
{
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Weft;
        """;

    // A block may declare a function, or take a value, only to show how. CS1701 and CS1702: the tests may run on a newer runtime than Weft
    // was compiled for, and the block is compiled against that; the SDK keeps quiet about it, too.
    private static readonly string[] s_allowed = ["CS8321", "CS0219", "CS0168", "CS8019", "CS8933", "CS1701", "CS1702"];

    private static readonly Lazy<MetadataReference[]> s_references = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ]);

    /// <summary>What the compiler says against it, and what it compiled to.</summary>
    public static (string[] Complaints, CSharpCompilation Compilation) Compile(string code, params string[] moreUsings)
    {
        string usings = Usings + string.Concat(moreUsings.Select(name => $"\nglobal using {name};"));
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            "block",
            [CSharpSyntaxTree.ParseText(usings, options), CSharpSyntaxTree.ParseText(code, options)],
            s_references.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        string[] complaints =
        [
            .. compilation.GetDiagnostics()
                .Where(found => found.Severity >= DiagnosticSeverity.Warning && !s_allowed.Contains(found.Id))
                .Select(found => found.ToString()),
        ];
        return (complaints, compilation);
    }
}
