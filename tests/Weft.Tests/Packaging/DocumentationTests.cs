using System.Text;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Weft.Tests.Support;

namespace Weft.Tests.Packaging;

/// <summary>The documentation that ships is that of the public members: of all of them, and of no others.</summary>
[HangLimit(400)]
[ReleaseIsEnough]
public sealed class DocumentationTests
{
    [Fact]
    public async Task Documentation_ThatShips_IsOfPublicMembersAlone()
    {
        Packed packed = await Packed.GetAsync();
        HashSet<string> visible = [.. PublicSymbols(packed.Library).Select(symbol => symbol.GetDocumentationCommentId()!)];
        string[] hidden = [.. Members(packed.Library).Keys.Except(visible)];
        Assert.True(hidden.Length == 0, string.Join('\n', hidden));
    }

    [Fact]
    public async Task Documentation_ThatShips_HasASummaryOfEveryPublicMember()
    {
        Packed packed = await Packed.GetAsync();
        Dictionary<string, XElement> members = Members(packed.Library);
        Assert.NotEmpty(members);
        string[] without =
        [
            .. PublicSymbols(packed.Library).Where(symbol => !IsWrittenByTheCompiler(symbol))
                .Select(symbol => symbol.GetDocumentationCommentId()!)
                .Where(id => !members.TryGetValue(id, out XElement? member) || !Says(member)),
        ];
        Assert.True(without.Length == 0, string.Join('\n', without));
    }

    [Fact]
    public async Task Documentation_ThatShips_RefersToNothingInternal()
    {
        Packed packed = await Packed.GetAsync();
        HashSet<string> visible = [.. PublicSymbols(packed.Library).Select(symbol => symbol.GetDocumentationCommentId()!)];
        string[] references =
        [
            .. from member in Members(packed.Library)
               from attribute in member.Value.Descendants().Attributes("cref")
               where attribute.Value.Contains(":Weft.", StringComparison.Ordinal) && !visible.Contains(attribute.Value)
               select $"{member.Key}: {attribute.Value}",
        ];
        Assert.True(references.Length == 0, string.Join('\n', references));
    }

    private static Dictionary<string, XElement> Members(Package package) =>
        XDocument.Parse(Encoding.UTF8.GetString(package["lib/net10.0/Weft.xml"]).TrimStart('\uFEFF')).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value);

    private static bool Says(XElement member) =>
        member.Element("inheritdoc") is not null || member.Element("summary")?.Nodes()
            .Any(node => node is XElement || (node is XText text && !string.IsNullOrWhiteSpace(text.Value))) == true;

    private static IEnumerable<ISymbol> PublicSymbols(Package package)
    {
        IEnumerable<MetadataReference> runtime = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) != "Weft.dll").Select(file => MetadataReference.CreateFromFile(file));
        MetadataReference library = MetadataReference.CreateFromImage(package["lib/net10.0/Weft.dll"]);
        var compilation = CSharpCompilation.Create("reader", references: [library, .. runtime]);
        return PublicSymbols(((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(library)!).GlobalNamespace);
    }

    private static IEnumerable<ISymbol> PublicSymbols(INamespaceOrTypeSymbol of)
    {
        foreach (ISymbol member in of.GetMembers().Where(member => member is INamespaceSymbol || IsVisible(member)))
        {
            if (member is not (INamespaceSymbol or IMethodSymbol { AssociatedSymbol: not null }))
                yield return member;
            if (member is INamespaceOrTypeSymbol inner)
            {
                foreach (ISymbol symbol in PublicSymbols(inner))
                    yield return symbol;
            }
        }
    }

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    // A constructor that is not declared, what a record has beside what it declares, and a delegate's methods. (A declared constructor
    // without parameters looks like one that is not declared: the compiler's warning CS1591 sees to those.)
    private static bool IsWrittenByTheCompiler(ISymbol symbol) =>
        symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 }
            or IMethodSymbol { ContainingType.TypeKind: TypeKind.Delegate }
            || symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");
}
