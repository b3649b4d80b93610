using System.Xml.Linq;

namespace Weft.Tests.Docs;

/// <summary>Code that a reader can paste: a fenced block of a document, or an example in the XML documentation.</summary>
/// <param name="Place">Document and line, or the documented member.</param>
/// <param name="Language">What the fence says.</param>
/// <param name="Text">The code.</param>
internal sealed record CodeBlock(string Place, string Language, string Text)
{
    private const string Fence = "```";

    /// <summary>Whether it is code of a host, for which the tests of the packages for hosts have the references.</summary>
    public bool IsOfAHost => Text.Contains("builder.Services", StringComparison.Ordinal);

    /// <summary>All blocks of a document in one language.</summary>
    public static IEnumerable<CodeBlock> Of(string document, string language)
    {
        string[] lines = Repository.Lines(document);
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            int end = Array.IndexOf(lines, Fence, i + 1);
            Assert.True(end > i, $"{document}:{i + 1}: a block that does not end");
            if (lines[i] == Fence + language)
                yield return new CodeBlock($"{document}:{i + 1}", language, string.Join('\n', lines[(i + 1)..end]));
            i = end;
        }
    }

    /// <summary>The examples in a file that the compiler made of documentation comments.</summary>
    public static IEnumerable<CodeBlock> Examples(string xml) =>
        from member in XDocument.Load(xml).Descendants("member")
        from code in member.Descendants("code")
        select new CodeBlock(member.Attribute("name")!.Value, "csharp", code.Value);

    public override string ToString() => Place;
}
