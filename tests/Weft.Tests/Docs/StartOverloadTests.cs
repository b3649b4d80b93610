using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>
/// Every overload that starts a goroutine is there for a form that somebody writes: the compiler chooses it for that form, and for none of
/// the others. One that it never chooses has no reason to be there.
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
        var scheduler = Scheduler.Default;
        var group = new GoroutineGroup();
        var waits = new WaitGroup();

        """;

    // Without a result: synchronous, a task of a method, an async lambda, a body that is there.
    private static readonly string[] s_plain = ["() => { }", "() => DoAsync()", "async () => { await Task.Delay(1); }", "Body()"];

    private static readonly string[] s_withResult =
        ["() => 1", "() => ComputeAsync()", "async () => { await Task.Delay(1); return 1; }", "Sum()"];

    private static readonly string[] s_withState =
        ["static s => Console.WriteLine(s), 1", "static s => DoAsync(s), 1", "static async s => { await Task.Delay(s); }, 1"];

    private static readonly string[] s_withStateAndResult =
        ["static s => s + 1, 1", "static s => ComputeAsync(s), 1", "static async s => { await Task.Delay(s); return s; }, 1"];

    private static readonly string[] s_withToken =
        ["t => Console.WriteLine(t)", "t => Task.Delay(1, t)", "async t => { await Task.Delay(1, t); }"];

    private static readonly string[] s_withTokenAndResult =
        ["t => t.CanBeCanceled", "t => Task.FromResult(t)", "async t => { await Task.Delay(1, t); return t; }"];

    private static readonly string[] s_blocking =
        ["() => { }", "() => 1", "static s => Console.WriteLine(s), 1", "static s => s + 1, 1"];

    public static TheoryData<string, string, string[]> Families => new()
    {
        { "Go", "Start", [.. s_plain, .. s_withResult, .. s_withState, .. s_withStateAndResult] },
        { "scheduler", "Start", [.. s_plain, .. s_withResult, .. s_withState, .. s_withStateAndResult] },
        { "Go", "Run", [.. s_plain, .. s_withResult] },
        { "scheduler", "Run", [.. s_plain, .. s_withResult] },
        { "Go", "RunAsync", [.. s_plain, .. s_withState] },
        { "scheduler", "RunAsync", [.. s_plain, .. s_withState] },
        { "Go", "RunBlocking", s_blocking },
        { "scheduler", "RunBlocking", s_blocking },
        { "Go", "AfterFunc", ["TimeSpan.Zero, () => { }", "TimeSpan.Zero, async () => { await Task.Delay(1); }"] },
        { "group", "Start", [.. s_plain, .. s_withResult, .. s_withToken, .. s_withTokenAndResult] },
        { "group", "StartAsync", [.. s_plain, .. s_withResult, .. s_withToken, .. s_withTokenAndResult] },
        { "group", "TryStart", [s_plain[0], s_plain[2], s_withToken[0], s_withToken[2]] },
        { "waits", "Go", s_plain },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Overloads_OfEachFamily_AreChosenForOneFormEach(string receiver, string method, string[] forms)
    {
        string code = Functions + string.Join('\n', forms.Select(form => $"{receiver}.{method}({form});"));
        CSharpCompilation compilation = Snippets.Compile(code).Compilation;
        SyntaxTree tree = compilation.SyntaxTrees[^1];
        SemanticModel model = compilation.GetSemanticModel(tree);
        IMethodSymbol[] chosen =
        [
            .. tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Where(call => call.Expression is MemberAccessExpressionSyntax access
                    && access.Name.Identifier.Text == method
                    && access.Expression.ToString() == receiver)
                .Select(call => Assert.IsType<IMethodSymbol>(model.GetSymbolInfo(call).Symbol, exactMatch: false).OriginalDefinition),
        ];
        Assert.Equal(forms.Length, chosen.Length);
        Assert.Equal(forms.Length, chosen.Distinct(SymbolEqualityComparer.Default).Count());
        IEnumerable<IMethodSymbol> all = chosen[0].ContainingType.GetMembers(method).OfType<IMethodSymbol>()
            .Where(each => each.DeclaredAccessibility == Accessibility.Public && !IsRefusal(each));
        Assert.Empty(all.Except(chosen, SymbolEqualityComparer.Default));
    }

    /// <summary>Whether it is there only for the compiler to say what is wrong.</summary>
    private static bool IsRefusal(IMethodSymbol method) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == nameof(ObsoleteAttribute));
}
