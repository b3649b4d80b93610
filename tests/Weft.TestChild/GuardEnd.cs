using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Weft.TestChild;

/// <summary>What a guard of .NET's pool tells: at its end, of a setting that came too late, and to listeners of its meter.</summary>
internal static class GuardEnd
{
    private const int Items = 100;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    /// <summary>The guard is disposed right after a rise: it falls, and that is told before the disposal returns.</summary>
    internal static int Told(string[] arguments)
    {
        var told = new ConcurrentQueue<ThreadPoolGuardEventArgs>();
        ThreadPool.GetMinThreads(out int before, out _);
        ThreadPoolGuard guard = ThreadPoolGuard.Start();
        guard.Changed += (_, change) => told.Enqueue(change);
        if (!GuardedPool.BeginAll(Items) || !SpinWait.SpinUntil(() => !told.IsEmpty, s_limit))
            return 3;
        guard.Dispose();
        ThreadPoolGuardEventArgs last = told.Last();
        Console.WriteLine($"{last.Action} to {last.Minimum - before}");
        return 0;
    }

    /// <summary>A handler disposes the guard, and waits for another thread that does the same. The fall is told afterwards.</summary>
    internal static int InAHandler(string[] arguments)
    {
        using var fell = new ManualResetEventSlim();
        using var disposed = new ManualResetEventSlim();
        ThreadPoolGuard guard = ThreadPoolGuard.Start();
        guard.Changed += (_, change) =>
        {
            if (change.Action == ThreadPoolGuardAction.Raised && !disposed.IsSet)
            {
                var other = new Thread(guard.Dispose);
                other.Start();
                guard.Dispose();
                other.Join();
                disposed.Set();
            }
            else if (change.Action == ThreadPoolGuardAction.Lowered && disposed.IsSet)
            {
                fell.Set();
            }
        };
        if (!GuardedPool.BeginAll(Items) || !disposed.Wait(s_limit))
            return 3;
        return fell.Wait(s_limit) ? 0 : 4;
    }

    /// <summary>The pool has had work before the guard is started, or has not.</summary>
    /// <param name="arguments"><c>late</c> or <c>early</c>.</param>
    internal static int Timeout(string[] arguments)
    {
        if (arguments[0] == "late" && !GuardedPool.BeginAll(1))
            return 3;
        var told = new ConcurrentQueue<ThreadPoolGuardAction>();
        using (ThreadPoolGuard guard = ThreadPoolGuard.Start())
        {
            guard.Changed += (_, change) => told.Enqueue(change.Action);
            Console.WriteLine(guard.Statistics.IsThreadTimeoutIgnored);
            if (!GuardedPool.BeginAll(Items) || !SpinWait.SpinUntil(() => !told.IsEmpty, s_limit))
                return 4;
        }

        Console.WriteLine(string.Join(' ', told.Take(1)));
        return 0;
    }

    /// <summary>What listeners are told before, while and after there is a guard.</summary>
    internal static int Metrics(string[] arguments)
    {
        const string Prefix = "weft.thread_pool.guard.";
        var told = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Weft" && instrument.Name.StartsWith(Prefix, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        int before = Observe();
        using (ThreadPoolGuard guard = ThreadPoolGuard.Start())
        {
            if (!GuardedPool.BeginAll(Items))
                return 3;
            Observe();
            if (told["minimum"] - told["added"] != guard.Statistics.UserMinimum || told["raised"] == 0 || told["starvations"] == 0)
                return 4;

            // Looks until it is at rest again.
            if (!SpinWait.SpinUntil(() => Observe() > 0 && told["added"] == 0 && told["starving"] == 0, s_limit))
                return 5;
            double fell = told["lowered/not_needed"] + told["lowered/busy"] + told["lowered/trial"] + told["lowered/futile"];
            if (fell != guard.Statistics.Lowered || fell == 0)
                return 6;
        }

        Console.WriteLine($"{before} {Observe()}");
        return 0;

        int Observe()
        {
            told.Clear();
            listener.RecordObservableInstruments();
            return told.Count;
        }

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            told[instrument.Name[Prefix.Length..] + (tags.IsEmpty ? "" : $"/{tags[0].Value}")] = value;
    }
}
