using Weft.Tests.Support;

namespace Weft.Tests.Waiting;

/// <summary>
/// Every wait comes back to where it was awaited: a goroutine, a foreign <see cref="SynchronizationContext"/>, a
/// <see cref="TaskScheduler"/>.
/// </summary>
public sealed class WaitPlaceTests
{
    // Turns of every wait at once, often enough that one which leaves its turn meets another.
    private const int Callers = 8;
    private const int Rounds = 10;
    private const int SpinsInATurn = 2_000;

    /// <summary>Where the wait is awaited.</summary>
    public enum Place
    {
        /// <summary>A goroutine's own flow.</summary>
        Goroutine,

        /// <summary>An exclusive scheduler on .NET's pool, as a grain's turn has it.</summary>
        Exclusive,

        /// <summary>The scheduler's own <see cref="Scheduler.TaskScheduler"/>.</summary>
        TaskScheduler,

        /// <summary>An exclusive scheduler on top of that.</summary>
        ExclusiveOnTop,

        /// <summary>The context of a thread of its own.</summary>
        Pump,

        /// <summary>That context, set in a goroutine.</summary>
        PumpInAGoroutine,
    }

    public static TheoryData<Place, string> Everywhere()
    {
        var all = new TheoryData<Place, string>();
        foreach (Place place in Enum.GetValues<Place>())
        {
            foreach (string wait in EveryWait.Names)
                all.Add(place, wait);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Await_OfAnyWait_GoesOnWhereItBegan(Place place, string wait)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var pump = new PumpContext();
        TaskScheduler? on = place switch
        {
            Place.Exclusive => new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler,
            Place.TaskScheduler => scheduler.TaskScheduler,
            Place.ExclusiveOnTop => new ConcurrentExclusiveSchedulerPair(scheduler.TaskScheduler).ExclusiveScheduler,
            _ => null,
        };

        async Task WaitAsync()
        {
            Goroutine? before = Go.Current;
            bool isWeft = place is Place.Goroutine or Place.TaskScheduler or Place.ExclusiveOnTop;
            Assert.Equal(isWeft || place == Place.PumpInAGoroutine, TaskList.IsCurrentOf(scheduler));
            if (place == Place.PumpInAGoroutine)
                SynchronizationContext.SetSynchronizationContext(pump);
            int looks = 0;
            bool wasBack = true;

            // A wait that had ended goes on at once, so the goroutine may still be there, with the pump set.
            void Look()
            {
                looks++;
                wasBack &= place switch
                {
                    Place.Goroutine => Go.Current == before && SynchronizationContext.Current == before,
                    Place.Pump => pump.IsCurrent,
                    Place.PumpInAGoroutine => SynchronizationContext.Current == pump,
                    _ => TaskScheduler.Current == on && TaskList.IsCurrentOf(scheduler) == isWeft,
                };
            }

            await EveryWait.AwaitAsync(wait, Look).ConfigureAwait(false);
            Assert.True(wasBack && looks > 0);
        }

        Task waiting = place switch
        {
            Place.Goroutine or Place.PumpInAGoroutine => scheduler.RunAsync(WaitAsync).Task,
            Place.Pump => pump.Run(async () =>
            {
                await WaitAsync();
                return true;
            }),
            _ => Task.Factory.StartNew(WaitAsync, CancellationToken.None, TaskCreationOptions.None, on!).Unwrap(),
        };
        await waiting.Within(scheduler);
    }

    /// <summary>What a grain relies on: no turn of it begins before the one before it has ended or awaits.</summary>
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_OfAnyWaitInTurnsOfAnExclusiveScheduler_LeavesThemOneAtATime(string wait)
    {
        var turns = new TaskFactory(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        int inTurn = 0;
        int overlaps = 0;

        void TakeTurn()
        {
            if (Interlocked.Increment(ref inTurn) > 1)
                Interlocked.Increment(ref overlaps);
            Thread.SpinWait(SpinsInATurn);
            Interlocked.Decrement(ref inTurn);
        }

        async Task CallAsync()
        {
            for (int i = 0; i < Rounds; i++)
                await EveryWait.AwaitAsync(wait, TakeTurn);
        }

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => turns.StartNew(CallAsync).Unwrap())).Within(Scheduler.Default);
        Assert.Equal(0, overlaps);
    }

    public static TheoryData<string> Waits() => [.. EveryWait.Names];
}
