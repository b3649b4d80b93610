using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines that do nothing but lock, count and unlock.</summary>
internal sealed class LockContended(int procs, double must, double aim) : IBenchmark
{
    private const int Goroutines = 8;
    private const int Turns = 500_000;

    // Each of a semaphore's takes so much longer on two processors that as many would take half a minute.
    private const int SemaphoreTurns = Turns / 10;

    public string Name => $"lock-{procs}p";

    public string Summary => $"one lock and unlock, of {Goroutines} goroutines that do nothing else; and the longest that one waited";

    public IReadOnlyList<Figure> Figures =>
    [
        new("ns", "ns") { Targets = [new Target("go", must, aim)] },
        new("longest", "ms", "longest-wait") { Targets = [new Target(null, 20, 20)] },
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"lock -goroutines {Goroutines} -turns {Turns}"),
        Contender.Managed("semaphore", OnThreadPool),
    ];

    public IReadOnlyList<int> Procs => [procs];

    private static Sample OnWeft(Run run)
    {
        LongestWait longest = new();
        return new Sample
        {
            ["ns"] = Loops.OnWeft(run.Procs, () => Measure(Turns, state => Go.Start(WithGoLock(state)))),
            ["longest"] = Loops.OnWeft(
                run.Procs,
                () => Longest(Turns, longest, state => Go.Start(TimedWithGoLock(state, longest)))),
        };
    }

    private static Sample OnThreadPool(Run run)
    {
        LongestWait longest = new();
        return new Sample
        {
            ["ns"] = Loops.OnThreadPool(run.Procs, () => Measure(SemaphoreTurns, state => Task.Run(() => WithSemaphore(state)))),
            ["longest"] = Loops.OnThreadPool(
                run.Procs,
                () => Longest(SemaphoreTurns, longest, state => Task.Run(() => TimedWithSemaphore(state, longest)))),
        };
    }

    private static async Task<double> Measure(int turns, Action<State> startOne)
    {
        State state = new();
        long start = Clock.Now;
        for (int i = 0; i < Goroutines; i++)
            startOne(state);
        await state.Left.Done;
        double nanoseconds = Clock.NanosecondsSince(start) / ((double)Goroutines * turns);
        if (state.Count != Goroutines * turns)
            throw new InvalidOperationException($"The lock let {(Goroutines * turns) - state.Count} counts get lost.");
        return nanoseconds;
    }

    private static async Task<double> Longest(int turns, LongestWait longest, Action<State> startOne)
    {
        await Measure(turns, startOne);
        return longest.Milliseconds;
    }

    private static async GoroutineBody WithGoLock(State state)
    {
        for (int turn = 0; turn < Turns; turn++)
        {
            using (await state.Lock.LockAsync())
                state.Count++;
        }

        state.Left.Signal();
    }

    private static async GoroutineBody TimedWithGoLock(State state, LongestWait longest)
    {
        for (int turn = 0; turn < Turns; turn++)
        {
            long start = Clock.Now;
            using (await state.Lock.LockAsync())
            {
                longest.Note(start);
                state.Count++;
            }
        }

        state.Left.Signal();
    }

    private static async Task WithSemaphore(State state)
    {
        for (int turn = 0; turn < SemaphoreTurns; turn++)
        {
            await state.Semaphore.WaitAsync();
            state.Count++;
            state.Semaphore.Release();
        }

        state.Left.Signal();
    }

    private static async Task TimedWithSemaphore(State state, LongestWait longest)
    {
        for (int turn = 0; turn < SemaphoreTurns; turn++)
        {
            long start = Clock.Now;
            await state.Semaphore.WaitAsync();
            longest.Note(start);
            state.Count++;
            state.Semaphore.Release();
        }

        state.Left.Signal();
    }

    private sealed class State
    {
        public GoLock Lock { get; } = new();

        public SemaphoreSlim Semaphore { get; } = new(1);

        public Countdown Left { get; } = new(Goroutines);

        // Changed under the lock only.
        public int Count { get; set; }
    }
}
