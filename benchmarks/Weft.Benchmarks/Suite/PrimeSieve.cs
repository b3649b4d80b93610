using System.Globalization;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A chain of goroutines, one a prime; every send and receive is a select between a channel and the end of it all.</summary>
internal sealed class PrimeSieve : IBenchmark
{
    // The first run of a process takes twice as long as the second, and on two processors the third is still faster.
    private const int WarmUps = 3;
    private const int Repetitions = 3;

    // Background compilation starts 100 ms after the last new method.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(120);

    public string Name => "prime-sieve";

    public string Summary => "2,000 primes, each with a goroutine that selects at every send and receive";

    public IReadOnlyList<Figure> Figures => [new("ms", "ms") { Targets = [new Target("go", 0.7, 0.4)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => [2];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(run => $"sieve -primes {Primes(run)}"),
    ];

    private static int Primes(Run run) => run.Quick ? 500 : 2000;

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        for (int i = 0; i < WarmUps; i++)
        {
            Find(scheduler, Primes(run));
            Thread.Sleep(s_pause);
        }

        (int Prime, double Milliseconds)[] found = [.. Enumerable.Range(0, Repetitions).Select(_ => Find(scheduler, Primes(run)))];
        return new Sample
        {
            ["ms"] = Percentile.Median([.. found.Select(each => each.Milliseconds)]),
            Check = found[0].Prime.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static (int Prime, double Milliseconds) Find(Scheduler scheduler, int count) =>
        scheduler.Start(Find(count)).Task.GetAwaiter().GetResult();

    private static async GoroutineBody<(int Prime, double Milliseconds)> Find(int count)
    {
        var stop = new Chan<bool>();
        Countdown left = new(count + 1);
        long start = Clock.Now;
        var last = new Chan<int>();
        Chan<int> numbers = last;
        Go.Start(CountUp(numbers, stop, left));
        int prime = 0;
        for (int i = 0; i < count; i++)
        {
            prime = await last.ReceiveAsync();
            (Chan<int> from, Chan<int> to, int divisor) = (last, new Chan<int>(), prime);
            Go.Start(Sift(from, to, divisor, stop, left));
            last = to;
        }

        double took = Clock.MillisecondsSince(start);
        stop.Close();
        await left.Done;
        return (prime, took);
    }

    private static async GoroutineBody CountUp(Chan<int> to, Chan<bool> stop, Countdown left)
    {
        var send = new Select();
        SendCase<int> passOn = send.Send(to);
        send.Receive(stop);
        for (int i = 2; ; i++)
        {
            passOn.Value = i;
            if (await send.WaitAsync() != passOn)
                break;
        }

        left.Signal();
    }

    private static async GoroutineBody Sift(Chan<int> from, Chan<int> to, int prime, Chan<bool> stop, Countdown left)
    {
        var receive = new Select();
        ReceiveCase<int> next = receive.Receive(from);
        receive.Receive(stop);
        var send = new Select();
        SendCase<int> passOn = send.Send(to);
        send.Receive(stop);
        while (await receive.WaitAsync() == next)
        {
            if (next.Value % prime == 0)
                continue;
            passOn.Value = next.Value;
            if (await send.WaitAsync() != passOn)
                break;
        }

        left.Signal();
    }
}
