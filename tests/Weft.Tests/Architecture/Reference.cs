namespace Weft.Tests.Architecture;

/// <summary>A place in the code that names another.</summary>
/// <param name="From">A method, field or type.</param>
/// <param name="FromFolder">Of its source file, relative to <c>src/Weft</c>; empty for the root.</param>
/// <param name="To">What it names: a method, field or type.</param>
/// <param name="ToFolder">Of its source file.</param>
internal sealed record Reference(string From, string FromFolder, string To, string ToFolder)
{
    public override string ToString() => $"{From} ({FromFolder}) -> {To} ({ToFolder})";
}
