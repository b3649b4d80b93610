using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines that do nothing but lock, count and unlock.</summary>
internal sealed class LockContended : IBenchmark
{
    private const int Goroutines = 8;
    private const int Turns = 500_000;

    public string Name => "lock";

    public string Summary => $"one lock and unlock, of {Goroutines} goroutines that do nothing else; and the longest that one waited";

    public IReadOnlyList<Figure> Figures =>
    [
        new("ns", "ns") { Targets = [new Target("go", 2.0, 1.0)] },
        new("longest", "ms", "longest-wait") { Targets = [new Target(null, 20, 20)] },
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"lock -goroutines {Goroutines} -turns {Turns}"),
        Contender.Managed("semaphore", OnThreadPool),
    ];

    public IReadOnlyList<int> Procs => [1, 2];

    private static Sample OnWeft(Run run)
    {
        LongestWait longest = new();
        return new Sample
        {
            ["ns"] = Loops.OnWeft(run.Procs, () => Measure(state => Go.Start(() => WithGoLock(state)))),
            ["longest"] = Loops.OnWeft(run.Procs, () => Longest(state => Go.Start(() => TimedWithGoLock(state, longest)), longest)),
        };
    }

    private static Sample OnThreadPool(Run run)
    {
        LongestWait longest = new();
        return new Sample
        {
            ["ns"] = Loops.OnThreadPool(run.Procs, () => Measure(state => Task.Run(() => WithSemaphore(state)))),
            ["longest"] = Loops.OnThreadPool(run.Procs, () => Longest(state => Task.Run(() => TimedWithSemaphore(state, longest)), longest)),
        };
    }

    private static async Task<double> Measure(Action<State> startOne)
    {
        State state = new();
        long start = Clock.Now;
        for (int i = 0; i < Goroutines; i++)
            startOne(state);
        await state.Left.Done;
        double nanoseconds = Clock.NanosecondsSince(start) / ((double)Goroutines * Turns);
        if (state.Count != Goroutines * Turns)
            throw new InvalidOperationException($"The lock let {(Goroutines * Turns) - state.Count} counts get lost.");
        return nanoseconds;
    }

    private static async Task<double> Longest(Action<State> startOne, LongestWait longest)
    {
        await Measure(startOne);
        return longest.Milliseconds;
    }

    private static async Task WithGoLock(State state)
    {
        for (int turn = 0; turn < Turns; turn++)
        {
            using (await state.Lock.LockAsync())
                state.Count++;
        }

        state.Left.Signal();
    }

    private static async Task TimedWithGoLock(State state, LongestWait longest)
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
        for (int turn = 0; turn < Turns; turn++)
        {
            await state.Semaphore.WaitAsync();
            state.Count++;
            state.Semaphore.Release();
        }

        state.Left.Signal();
    }

    private static async Task TimedWithSemaphore(State state, LongestWait longest)
    {
        for (int turn = 0; turn < Turns; turn++)
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
