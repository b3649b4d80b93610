using System.Diagnostics;
using Weft.Stress.Faults;
using Weft.Stress.Storms;
using Weft.Threads;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Storms, and threads made one by one, on a system that refuses at random, at every call there is. Each refusal is retried, reported or
/// survived, and nothing is lost.
/// </summary>
internal sealed class Refusals : Scenario
{
    private const int ThreadsAWave = 200;
    private static readonly TimeSpan s_outage = TimeSpan.FromMilliseconds(50);

    public override string Name => "refusals";

    public override double Share => 2;

    public override void Run(ScenarioContext context)
    {
        var refused = new long[Enum.GetValues<RefusingPlatform.Call>().Length];
        int seed = context.Seed;
        for (int number = 0; number == 0 || !context.IsOver; number++)
        {
            var platform = new RefusingPlatform(ThreadPlatform.Current, seed);
            using (new DelayInjector(seed))
            using (new Outages(platform, number % 4 == 0))
                Storm.Run(StormPlan.Draw(seed), context, platform);
            Threads(platform, context);
            for (int i = 0; i < refused.Length; i++)
                refused[i] += platform.Refused((RefusingPlatform.Call)i);
            if (!context.Options.Repeat)
                seed++;
        }

        context.Set("last seed", context.Options.Repeat ? seed : seed - 1);
        for (int i = 0; i < refused.Length; i++)
            context.Set($"refused {(RefusingPlatform.Call)i}", refused[i]);
    }

    /// <summary>Without a scheduler: a thread starts, or its starter is told.</summary>
    private static void Threads(RefusingPlatform platform, ScenarioContext context)
    {
        platform.IsRefusing = true;
        var host = new ThreadHost(platform, OSThreadOptions.MinStackSizeBytes);
        int ran = 0;
        int started = 0;
        for (int i = 0; i < ThreadsAWave; i++)
        {
            try
            {
                OSThread thread = OSThread.Start(host, () => Interlocked.Increment(ref ran), "refused", OSThreadOptions.MinStackSizeBytes);
                started++;
                if (i % 2 == 0)
                    thread.Join();
                else
                    thread.TryReap();
            }
            catch (OSThreadStartException)
            {
                context.Add("starts reported as refused");
            }
        }

        platform.IsRefusing = false;
        long begun = Stopwatch.GetTimestamp();
        while (host.Reaped < host.Created)
        {
            host.Reaper.JoinAll();
            StressFailure.ThrowUnless(
                Stopwatch.GetElapsedTime(begun) < context.Options.Limit,
                $"{host.Created} threads created, {host.Reaped} reaped");
        }

        host.Close();
        StressFailure.ThrowUnless(
            ran == started && host.Created == started, $"{started} threads started, {host.Created} counted, {ran} ran");
        StressFailure.ThrowUnless(host.Stacks.BytesMapped == 0, $"{host.Stacks.BytesMapped:N0} bytes of stacks are left");
    }

    /// <summary>Now and then nothing is to be had at all. Refusals end when the storm's goroutines are about to.</summary>
    private sealed class Outages : IDisposable
    {
        private readonly RefusingPlatform _platform;
        private readonly Thread? _thread;
        private volatile bool _stop;

        public Outages(RefusingPlatform platform, bool any)
        {
            _platform = platform;
            if (!any)
                return;
            platform.IsOut = true;
            _thread = new Thread(Run) { IsBackground = true, Name = "outages" };
            _thread.Start();
        }

        public void Dispose()
        {
            _stop = true;
            _thread?.Join();
        }

        private void Run()
        {
            while (!_stop)
            {
                Thread.Sleep(s_outage);
                _platform.IsOut = !_platform.IsOut;
            }

            _platform.IsOut = false;
        }
    }
}
