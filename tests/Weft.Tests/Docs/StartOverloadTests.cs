using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>
/// Every overload that starts a goroutine is there for a form that somebody writes, or for a few that are one to it: the compiler chooses
/// it for those, and for none of the others. One that it never chooses has no reason to be there. What it refuses is in
/// <see cref="StartFormTests"/>.
/// </summary>
[ReleaseIsEnough]
public sealed class StartOverloadTests
{
    private const string Functions =
        """
        static Task DoAsync(int i = 1) => Task.Delay(i);
        static Task<int> ComputeAsync(int i = 1) => Task.FromResult(i);
        static async GoroutineBody Body() => await Task.Delay(1);
        static async GoroutineBody<int> Sum() { await Task.Delay(1); return 1; }
        static async GoroutineBody BodyOf(int i) => await Task.Delay(i);
        static async GoroutineBody<int> SumOf(int i) { await Task.Delay(i); return i; }
        var scheduler = Scheduler.Default;
        var group = new GoroutineGroup();
        var waits = new WaitGroup();

        """;

    // Each line has the forms that one overload is there for. A lambda that only throws goes with the async lambdas.
    private static readonly string[][] s_plain =
    [
        ["() => { }"],
        ["() => DoAsync()", "async () => { await Task.Delay(1); }", "() => throw new IOException()"],
    ];

    private static readonly string[][] s_withResult =
    [
        ["() => 1"],
        ["() => ComputeAsync()", "async () => { await Task.Delay(1); return 1; }"],
    ];

    private static readonly string[][] s_withState =
    [
        ["static s => Console.WriteLine(s), 1"],
        ["static s => DoAsync(s), 1", "static async s => { await Task.Delay(s); }, 1", "static s => throw new IOException(), 1"],
    ];

    private static readonly string[][] s_withToken =
    [
        ["t => Console.WriteLine(t)"],
        ["t => Task.Delay(1, t)", "async t => { await Task.Delay(1, t); }", "t => throw new IOException()"],
    ];

    private static readonly string[][] s_withTokenAndResult =
    [
        ["t => t.CanBeCanceled"],
        ["t => Task.FromResult(t)", "async t => { await Task.Delay(1, t); return t; }"],
    ];

    // Where functions that make a body are taken, too.
    private static readonly string[][] s_withMakers =
    [
        ["() => { }"],
        ["() => DoAsync()"],
        ["() => Body()", "Body", "async () => { await Task.Delay(1); }", "() => throw new IOException()"],
        ["() => 1"],
        ["() => ComputeAsync()"],
        ["() => Sum()", "Sum", "async () => { await Task.Delay(1); return 1; }"],
    ];

    private static readonly string[][] s_withMakersAndState =
    [
        ["static s => Console.WriteLine(s), 1"],
        ["static s => DoAsync(s), 1"],
        ["static s => BodyOf(s), 1", "static async s => { await Task.Delay(s); }, 1", "static s => throw new IOException(), 1"],
        ["static s => s + 1, 1"],
        ["static s => ComputeAsync(s), 1"],
        ["static s => SumOf(s), 1", "static async s => { await Task.Delay(s); return s; }, 1"],
    ];

    private static readonly string[][] s_values = [["Body()"], ["Sum()"]];

    private static readonly string[][] s_blocking =
        [["() => { }", "() => throw new IOException()"], ["() => 1"], ["static s => Console.WriteLine(s), 1"], ["static s => s + 1, 1"]];

    public static TheoryData<string, string, string[][]> Families => new()
    {
        { "Go", "Start", [.. s_withMakers, .. s_withMakersAndState, .. s_values] },
        { "scheduler", "Start", [.. s_withMakers, .. s_withMakersAndState, .. s_values] },
        { "Go", "Run", s_withMakers },
        { "scheduler", "Run", s_withMakers },
        { "Go", "RunAsync", [.. s_plain, .. s_withState, s_values[0]] },
        { "scheduler", "RunAsync", [.. s_plain, .. s_withState, s_values[0]] },
        { "Go", "RunBlocking", s_blocking },
        { "scheduler", "RunBlocking", s_blocking },
        { "Go", "AfterFunc", [.. s_plain.Select(forms => forms.Select(form => "TimeSpan.Zero, " + form).ToArray())] },
        { "group", "Start", [.. s_plain, .. s_withResult, .. s_withToken, .. s_withTokenAndResult, .. s_values] },
        { "group", "StartAsync", [.. s_plain, .. s_withResult, .. s_withToken, .. s_withTokenAndResult, .. s_values] },
        { "group", "TryStart", [.. s_plain, .. s_withToken] },
        { "waits", "Go", [.. s_plain, s_values[0]] },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Overloads_OfEachFamily_AreChosenForTheirFormsAlone(string receiver, string method, string[][] families)
    {
        string code = Functions + string.Join('\n', families.SelectMany(forms => forms).Select(form => $"{receiver}.{method}({form});"));
        CSharpCompilation compilation = Snippets.Compile(code).Compilation;
        SyntaxTree tree = compilation.SyntaxTrees[^1];
        SemanticModel model = compilation.GetSemanticModel(tree);
        var calls = new Queue<IMethodSymbol>(
            tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Where(call => call.Expression is MemberAccessExpressionSyntax access
                    && access.Name.Identifier.Text == method
                    && access.Expression.ToString() == receiver)
                .Select(call => Assert.IsType<IMethodSymbol>(model.GetSymbolInfo(call).Symbol, exactMatch: false).OriginalDefinition));
        Assert.Equal(families.Sum(forms => forms.Length), calls.Count);
        IMethodSymbol[] chosen =
        [
            .. families.Select(forms => Assert.Single(
                forms.Select(_ => calls.Dequeue()).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default).ToArray())),
        ];
        Assert.Equal(families.Length, chosen.Distinct(SymbolEqualityComparer.Default).Count());
        Assert.DoesNotContain(chosen, IsRefusal);
        IEnumerable<IMethodSymbol> all = chosen[0].ContainingType.GetMembers(method).OfType<IMethodSymbol>()
            .Where(each => each.DeclaredAccessibility == Accessibility.Public && !IsRefusal(each));
        Assert.Empty(all.Except(chosen, SymbolEqualityComparer.Default));
    }

    /// <summary>Whether it is there only for the compiler to say what is wrong.</summary>
    private static bool IsRefusal(IMethodSymbol method) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == nameof(ObsoleteAttribute));
}
