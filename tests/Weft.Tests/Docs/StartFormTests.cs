using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>Which form of Start, RunAsync and RunBlocking the compiler takes, and what it says where there is none.</summary>
[ReleaseIsEnough]
public sealed class StartFormTests
{
    private const string Functions =
        """
        static int Compute(int i = 1) => i;
        static Task DoAsync(int i = 1) => Task.Delay(i);
        static Task<int> ComputeAsync(int i = 1) => Task.FromResult(i);
        static async GoroutineBody Body(int i = 1) => await Task.Delay(i);
        static async GoroutineBody<int> Sum(int i = 1) { await Task.Delay(i); return i; }
        static async GoroutineBody BodyOf(int i) => await Task.Delay(i);

        """;

    [Theory]
    [InlineData("Goroutine g = Go.Start(() => { });")]
    [InlineData("Goroutine g = Go.Start(async () => { });")]
    [InlineData("Goroutine g = Go.Start(() => throw new Exception());")]
    [InlineData("Goroutine g = Go.Start(static s => Console.WriteLine(s), 1);")]
    [InlineData("Goroutine g = Go.Start(static s => DoAsync(s), 1);")]
    [InlineData("Goroutine g = Go.Start(static async s => { await Task.Delay(s); }, 1);")]
    [InlineData("Goroutine g = Go.Start(static s => throw new Exception(), 1);")]
    [InlineData("Goroutine<int> g = Go.Start(static s => s + 1, 1);")]
    [InlineData("Goroutine<int> g = Go.Start(static s => ComputeAsync(s), 1);")]
    [InlineData("Goroutine<int> g = Go.Start(ComputeAsync, 1);")]
    [InlineData("Goroutine<int> g = Go.Start(static async s => { await Task.Delay(s); return s; }, 1);")]
    [InlineData("Goroutine<int> g = Go.Start(Sum, 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(() => { });")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(() => Console.WriteLine());")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(() => DoAsync());")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(async () => { });")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(async () => await DoAsync());")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(Body());")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(() => throw new Exception());")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(static s => Console.WriteLine(s), 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(static s => DoAsync(s), 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(DoAsync, 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(static async s => { await Task.Delay(s); }, 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunAsync(static s => throw new Exception(), 1);")]
    [InlineData("AwaitableGoroutine g = Go.RunBlocking(() => Thread.Sleep(1));")]
    [InlineData("AwaitableGoroutine g = Go.RunBlocking(() => throw new Exception());")]
    [InlineData("AwaitableGoroutine g = Go.RunBlocking(static s => Thread.Sleep(s), 1);")]
    [InlineData("Goroutine<int> g = Go.RunBlocking(() => Compute());")]
    [InlineData("Goroutine<int> g = Go.RunBlocking(static s => Compute(s), 1);")]
    [InlineData("AwaitableGoroutine g = Go.Start(() => 1);")]
    [InlineData("await Go.RunAsync(() => { }); await Scheduler.Default.RunAsync(() => { });")]
    [InlineData("await Go.RunBlocking(() => { }); await Scheduler.Default.RunBlocking(() => { });")]
    [InlineData("await Task.Yield(); Go.Start(() => { });")]
    public void Form_OfEachKindOfBody_IsTheOneMeant(string statement)
    {
        (string[] complaints, _) = Snippets.Compile(Functions + statement);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("await Go.Start(() => { });", "Start it by RunAsync")]
    [InlineData("await Go.Start(async () => { });", "Start it by RunAsync")]
    [InlineData("Goroutine g = Go.Start(() => { }); await g;", "Start it by RunAsync")]
    [InlineData("await Go.RunAsync(() => Compute());", "Start a body with a result by Start")]
    [InlineData("await Go.RunAsync(async () => 1);", "Start a body with a result by Start")]
    [InlineData("await Go.RunAsync(async () => await ComputeAsync());", "Start a body with a result by Start")]
    [InlineData("await Go.RunAsync(static s => Compute(s), 1);", "Start a body with a result by Start")]
    [InlineData("await Scheduler.Default.RunAsync(() => Compute());", "Start a body with a result by Start")]
    [InlineData("await Scheduler.Default.RunAsync(static s => Compute(s), 1);", "Start a body with a result by Start")]
    [InlineData("await Go.RunBlocking(async () => await DoAsync());", "Run an asynchronous body by RunAsync")]
    [InlineData("await Go.RunBlocking(() => ComputeAsync());", "Run an asynchronous body by RunAsync")]
    [InlineData("await Scheduler.Default.RunBlocking(() => DoAsync());", "Run an asynchronous body by RunAsync")]
    [InlineData("await Task.Yield(); Go.RunAsync(() => { });", "CS4014")]
    [InlineData("await Go.RunAsync(() => Body());", "RunAsync(F(x)), not RunAsync(() => F(x))")]
    [InlineData("await Go.RunAsync(() => Sum());", "RunAsync(F(x)), not RunAsync(() => F(x))")]
    [InlineData("await Go.RunAsync(BodyOf, 1);", "RunAsync(F(x)), not RunAsync(() => F(x))")]
    [InlineData("await Scheduler.Default.RunAsync(() => Body());", "RunAsync(F(x)), not RunAsync(() => F(x))")]
    [InlineData("await Scheduler.Default.RunAsync(static s => Body(s), 1);", "RunAsync(F(x)), not RunAsync(() => F(x))")]
    public void Form_ThatWouldLoseSomething_IsRefusedWithTheRemedy(string statement, string remedy)
    {
        (string[] complaints, _) = Snippets.Compile(Functions + statement);
        Assert.Contains(complaints, complaint => complaint.Contains(remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("new GoroutineGroup().Start({0});", true)]
    [InlineData("new GoroutineGroup().StartAsync({0});", true)]
    [InlineData("new GoroutineGroup().TryStart({0});", true)]
    [InlineData("new WaitGroup().Go({0});", false)]
    [InlineData("Go.AfterFunc(TimeSpan.Zero, {0});", false)]
    [InlineData("Go.RunBlocking({0});", false)]
    [InlineData("Scheduler.Default.RunBlocking({0});", false)]
    public void FunctionThatOnlyMakesABody_WhereNoneIsTaken_IsRefusedWithTheRemedy(string call, bool takesToken)
    {
        string[] functions =
            ["() => Body()", "() => Sum()", "() => { return Body(); }", "async GoroutineBody () => await DoAsync()", "body"];
        string[] withToken =
            ["t => Body()", "t => Sum()", "bodyOfToken", "async GoroutineBody (CancellationToken t) => await DoAsync()"];
        foreach (string function in takesToken ? [.. functions, .. withToken] : functions)
        {
            string code = Functions
                + "Func<GoroutineBody> body = () => Body(); Func<CancellationToken, GoroutineBody> bodyOfToken = t => Body();\n"
                + string.Format(CultureInfo.InvariantCulture, call, function);
            (string[] complaints, _) = Snippets.Compile(code);
            Assert.Contains(complaints, complaint => complaint.Contains("only makes a GoroutineBody", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Go.Run(Body());")]
    [InlineData("int i = Go.Run(Sum());")]
    [InlineData("Scheduler.Default.Run(Body());")]
    [InlineData("int i = Scheduler.Default.Run(Sum());")]
    [InlineData("new WaitGroup().Go(BodyOf);")]
    [InlineData("new GoroutineGroup().TryStart(Body());")]
    [InlineData("new SingleFlight<int, int>().RunAsync(1, () => Sum());")]
    public void Form_ThatThereIsNone_DoesNotCompile(string statement)
    {
        CSharpCompilation compilation = Snippets.Compile(Functions + statement).Compilation;
        Assert.Contains(compilation.GetDiagnostics(), found => found.Severity == DiagnosticSeverity.Error);
    }
}
