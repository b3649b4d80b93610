using Weft.Stress.Faults;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Goroutines that block for what is posted to themselves, in waits inside waits and in declared calls, on fewer threads than there are
/// goroutines, most of which a single goroutine could use up: a goroutine that waits runs its own mail when nobody else can. With short
/// delays at the labelled points.
/// </summary>
internal sealed class Waits : Scenario
{
    private const int MaxGoroutines = 150;
    private const int Rounds = 4;
    private const int MaxDepth = 4;

    // The fewest that a scheduler may have: the monitor, and three.
    private const int FewestThreads = 4;

    public override string Name => "waits";

    public override double Share => 1;

    public override void Run(ScenarioContext context)
    {
        for (int seed = context.Seed; !context.IsOver; seed++)
        {
            using DelayInjector? injector = (seed & 1) == 0 ? new DelayInjector(seed) : null;
            RunOne(seed, context);
            context.Add("delays", injector?.Delays ?? 0);
        }
    }

    private static void RunOne(int seed, ScenarioContext context)
    {
        var random = new Random(seed);
        var scheduler = new Scheduler(new SchedulerOptions
        {
            Name = "waits",
            MaxProcs = random.Next(1, 5),
            MaxThreads = FewestThreads + random.Next(8),
            IdleTimeout = TimeSpan.FromMilliseconds(1),
            MinIdleTimeout = TimeSpan.FromMilliseconds(1),
        });
        int wrong = 0;
        Goroutine[] all = [.. Enumerable.Range(0, random.Next(10, MaxGoroutines)).Select(i =>
        {
            var flow = new Flow(random.Next());
            return scheduler.Start(() => Interlocked.Add(ref wrong, flow.Run()));
        })];
        if (!Task.WaitAll([.. all.Select(goroutine => goroutine.Completion)], context.Options.Limit))
            throw StressFailure.Lost($"seed {seed}: goroutines that wait for themselves did not end", scheduler);
        StressFailure.ThrowUnless(
            wrong == 0, $"seed {seed}: {wrong} times two continuations of a goroutine ran at the same time, or one was lost");
        scheduler.Dispose();
        context.Add("goroutines", all.Length);
        context.Add("waits", scheduler.Statistics.HandOffsByWait);
        context.Add("threads", scheduler.Statistics.ThreadsCreated);
    }

    /// <summary>What one goroutine does. Everything but the lambdas of declared calls runs on its one logical thread.</summary>
    private sealed class Flow(int seed)
    {
        private readonly Random _random = new(seed);
        private int _inside;
        private int _wrong;

        /// <summary>How often something was wrong.</summary>
        public int Run()
        {
            for (int round = 0; round < Rounds; round++)
            {
                int begun = _random.Next(1, 4);
                int ended = 0;
                Task[] tasks = [.. Enumerable.Range(0, begun).Select(_ => DeeperAsync(_random.Next(MaxDepth), () => ended++))];
                foreach (Task task in tasks)
                    WaitFor(task);
                Step();
                if (ended != begun)
                    _wrong++;
            }

            return _wrong;
        }

        private async Task DeeperAsync(int depth, Action ends)
        {
            await Task.Yield();
            Step();
            if (depth > 0)
                WaitFor(DeeperAsync(depth - 1, Step));
            else if (_random.Next(2) == 0)
                await Go.SleepAsync(TimeSpan.FromMicroseconds(_random.Next(50)));
            else
                await Task.Delay(1);
            Step();
            await Go.Yield();
            ends();
        }

        private void WaitFor(Task task)
        {
            switch (_random.Next(5))
            {
                case 0:
                    Go.Blocking(task.Wait);
                    break;
                case 1:
                    Go.Blocking(() => Go.Blocking(() => WaitHandle.WaitAny([((IAsyncResult)task).AsyncWaitHandle])));
                    break;
                case 2:
                    while (!task.Wait(1))
                        Step();
                    break;
                case 3:
                    using (var set = new ManualResetEvent(false))
                    {
                        task.ContinueWith(_ => set.Set(), TaskScheduler.FromCurrentSynchronizationContext());
                        set.WaitOne();
                    }

                    break;
                default:
                    task.Wait();
                    break;
            }
        }

        private void Step()
        {
            if (Interlocked.Exchange(ref _inside, 1) != 0)
                _wrong++;
            Thread.SpinWait(20);
            Volatile.Write(ref _inside, 0);
        }
    }
}
