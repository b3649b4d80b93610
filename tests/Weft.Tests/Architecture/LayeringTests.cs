using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.Tests.Architecture;

/// <summary>A folder of <c>src/Weft</c> uses those below it in the table of <c>docs/architecture.md</c>, never those above.</summary>
[ReleaseIsEnough]
public sealed class LayeringTests
{
    /// <summary>References that point up all the same: from a method, to a folder, for a reason.</summary>
    private static readonly (string From, string ToFolder, string Reason)[] s_exceptions =
    [
        ("ThreadPlatform.Choose", "Threads/Platforms", "one place has to know every system; all others ask it"),
    ];

    private static readonly IReadOnlyList<Reference> s_upwards = Upwards(
        File.OpenRead(typeof(Go).Assembly.Location),
        File.OpenRead(Path.ChangeExtension(typeof(Go).Assembly.Location, "pdb")),
        Layers.FromTopToBottom);

    [Fact]
    public void References_OfWeft_PointDown()
    {
        Reference[] unexpected = [.. s_upwards.Where(static reference => !s_exceptions.Any(exception => Covers(exception, reference)))];
        Assert.True(
            unexpected.Length == 0,
            "These references point up in the table of docs/architecture.md. Move the code, or have the lower folder declare what it needs "
            + $"(docs/architecture.md says how):\n{string.Join('\n', unexpected.Select(static reference => reference.ToString()))}");
    }

    [Fact]
    public void Exceptions_OfTheRule_AreAllNeeded() =>
        Assert.All(s_exceptions, static exception => Assert.Contains(s_upwards, reference => Covers(exception, reference)));

    [Fact]
    public void Folders_OfWeft_EachHaveOneRowInTheTable()
    {
        string source = Path.Combine(Repository.Root, "src", "Weft");
        string[] folders =
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Select(SourceFolders.OfFile)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(folders, Layers.FromTopToBottom.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sealed class Low { High.Up Field; }", "Low.Field")]
    [InlineData("sealed class Low : High.Up;", "Low")]
    [InlineData("sealed class Low : High.IUp;", "Low")]
    [InlineData("interface Low { void M(High.Up[] up); }", "Low.M")]
    [InlineData("delegate System.Collections.Generic.List<High.Up> Low();", "Low.Invoke")]
    [InlineData("sealed class Low<T> where T : High.Up;", "Low`1")]
    [InlineData("[High.Mark] sealed class Low;", "Low")]
    [InlineData("static class Low { static object M() => new High.Up(); }", "Low.M")]
    [InlineData("static class Low { static void M() => High.Up.Call(); }", "Low.M")]
    [InlineData("static class Low { static int M() => High.Up.Count; }", "Low.M")]
    [InlineData("static class Low { static bool M(object o) => o is High.Up; }", "Low.M")]
    [InlineData("static class Low { static void M() { try { } catch (High.Failure) { } } }", "Low.M")]
    [InlineData("static class Low { static System.Func<object> M() => static () => new High.Up(); }", "Low+<>c.<M>b__0_0")]
    [InlineData("static class Low { static async Task M() { await Task.Yield(); High.Up.Call(); } }", "Low+<M>d__0.MoveNext")]
    [InlineData("static class Low { static void M(int i) { switch (i) { case 0: case 1: case 2: High.Up.Call(); break; } } }", "Low.M")]
    public void References_PlantedUpwards_AreFound(string low, string from)
    {
        IReadOnlyList<Reference> upwards = Compile(low);
        Assert.Contains(upwards, reference => reference.From == from && reference is { FromFolder: "Low", ToFolder: "High" });
    }

    [Fact]
    public void References_OfAMemberInAHigherFolder_CountForThatFolder()
    {
        IReadOnlyList<Reference> upwards = Compile(
            "static partial class Both { static void Mine() => Theirs(); }",
            "static partial class Both { static void Theirs() => High.Up.Call(); }");
        Assert.Equal("Both.Mine (Low) -> Both.Theirs (High)", Assert.Single(upwards).ToString());
    }

    private static bool Covers((string From, string ToFolder, string Reason) exception, Reference reference) =>
        reference.From == exception.From && reference.ToFolder == exception.ToFolder;

    private static IReadOnlyList<Reference> Upwards(Stream assembly, Stream symbols, IReadOnlyList<string> layers)
    {
        Dictionary<string, int> depths = layers.Index().ToDictionary(static layer => layer.Item, static layer => layer.Index);
        return [.. References.Of(assembly, symbols, Depth).Where(reference => Depth(reference.FromFolder) > Depth(reference.ToFolder))];

        int Depth(string folder) => depths.TryGetValue(folder, out int depth)
            ? depth
            : throw new InvalidOperationException($"Folder {folder} of src/Weft has no row in the table of docs/architecture.md.");
    }

    /// <summary>The references that point up in an assembly of two folders, Low below High.</summary>
    private static IReadOnlyList<Reference> Compile(string low, string partOfHigh = "")
    {
        const string High = """
            namespace High
            {
                interface IUp;
                class Up : IUp { internal static int Count; internal static void Call() { } }
                class Failure : System.Exception;
                class MarkAttribute : System.Attribute;
            }
            """;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Planted",
            [Parse(low, "Low/Low.cs"), Parse(High, "High/Up.cs"), Parse(partOfHigh, "High/Part.cs")],
            AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!.ToString()!.Split(Path.PathSeparator)
                .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
                .Select(static path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var assembly = new MemoryStream();
        var symbols = new MemoryStream();
        var options = new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb);
        EmitResult result = compilation.Emit(assembly, symbols, options: options);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        (assembly.Position, symbols.Position) = (0, 0);
        return Upwards(assembly, symbols, ["High", "Low"]);

        static SyntaxTree Parse(string text, string file)
        {
            SourceText source = SourceText.From($"using System.Threading.Tasks;\n{text}", Encoding.UTF8);
            return CSharpSyntaxTree.ParseText(source, path: $"/planted/src/Weft/{file}");
        }
    }
}
