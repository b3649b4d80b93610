namespace Weft.Runtime.Core;

/// <summary>The span of a declared blocking call, if the caller is a goroutine; outside goroutines it is nothing.</summary>
internal readonly ref struct DeclaredCall
{
    private readonly Machine? _machine;
    private readonly Goroutine? _goroutine;

    public DeclaredCall()
    {
        if (Machine.Calling is not { Current: { } goroutine, IsInScheduler: false } machine)
            return; // no goroutine, or in a declared call already
        _machine = machine;
        _goroutine = goroutine;
        machine.Engine.BeginDeclaredCall(machine, goroutine);
    }

    internal static void Run(Action call)
    {
        using (new DeclaredCall())
            call();
    }

    internal static TResult Run<TResult>(Func<TResult> call)
    {
        using (new DeclaredCall())
            return call();
    }

    internal static void Run<TState>(Action<TState> call, TState state)
    {
        using (new DeclaredCall())
            call(state);
    }

    internal static TResult Run<TState, TResult>(Func<TState, TResult> call, TState state)
    {
        using (new DeclaredCall())
            return call(state);
    }

    public void Dispose() => _machine?.Engine.EndDeclaredCall(_machine, _goroutine!);
}
