using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Samples.NetNamespaces;

/// <summary>
/// Enters network namespaces, each on a thread of its own that dies with its goroutine, and shows that nothing of it stays behind.
/// </summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 2;
    private const int CannotRunHere = 3;
    private const int Interrupted = 130; // as a shell reports a program that Ctrl+C ended

    // A thread leaves /proc within a fraction of a millisecond of its end; this is for a machine that is very busy.
    private static readonly TimeSpan s_longestDeath = TimeSpan.FromSeconds(10);

    private static int Main(string[] args)
    {
        if (Options.Parse(args, out string error) is not { } options)
        {
            Console.Error.WriteLine($"NetNamespaces: {error}");
            return BadUsage;
        }

        if (options.Help)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        if (WhyNotHere(options) is { } reason)
        {
            Console.Error.WriteLine($"NetNamespaces: {reason}");
            return CannotRunHere;
        }

        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupt.Cancel();
        };
        try
        {
            using TemporaryNamespaces? temporary =
                options.Create > 0 ? TemporaryNamespaces.Create(options.Create, interrupt.Token) : null;
            IReadOnlyList<string> names = temporary?.Names ?? (options.Names.Count > 0 ? options.Names : NetNamespace.List());
            return Go.Run(() => VisitAsync(names, interrupt.Token));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("NetNamespaces: interrupted");
            return Interrupted;
        }
        catch (Exception e) when (e is IOException or Win32Exception or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"NetNamespaces: {e.Message}");
            return Failed;
        }
    }

    private static string? WhyNotHere(Options options)
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces are a thing of Linux";
        if (!Environment.IsPrivilegedProcess)
            return "only root may enter a network namespace; try sudo";
        if (options.Create > 0 && !IsOnPath("ip"))
            return "--create needs the ip command of iproute2, and there is none on PATH";
        if (options.Create == 0 && options.Names.Count == 0 && NetNamespace.List().Count == 0)
            return $"there is nothing in {NetNamespace.Directory}; try --create 3";
        return null;
    }

    private static bool IsOnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, command)));

    private static async Task<int> VisitAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        string home = ThreadNamespaces.OfCaller();
        Console.WriteLine($"this process is in {home}");

        var visits = new List<Goroutine<Visit>>();
        foreach (string name in names)
            visits.Add(Go.Start(() => Enter(name)));
        var threads = new List<string>();
        foreach (Goroutine<Visit> goroutine in visits)
        {
            Visit visit = await goroutine;
            threads.Add(visit.Thread);
            Console.WriteLine(
                $"  {visit.Name}: {visit.Namespace} on thread {visit.Thread}, interfaces {string.Join(", ", visit.Interfaces)}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        string[] alive = await WaitForDeathsAsync(threads, cancellationToken);
        Console.WriteLine($"of these threads, still alive: {Show(alive)}");
        IReadOnlyList<string> tainted = ThreadNamespaces.NotIn(home);
        Console.WriteLine($"threads of this process outside {home}: {Show(tainted)}");
        string[] strays = await LaterThreadsAsync(names.Count, home);
        Console.WriteLine($"later threads outside {home}: {Show(strays)}");
        return alive.Length + tainted.Count + strays.Length == 0 ? 0 : Failed;
    }

    // Never unlocks: the thread has been elsewhere, and ends with the goroutine.
    private static Visit Enter(string name)
    {
        Go.LockOSThread();
        NetNamespace.Enter(name);
        return new Visit(name, ThreadNamespaces.OfCaller(), ThreadNamespaces.IdOfCaller(), NetNamespace.Interfaces());
    }

    private static async Task<string[]> WaitForDeathsAsync(List<string> threads, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        string[] alive;
        while ((alive = [.. threads.Where(ThreadNamespaces.Exists)]).Length > 0 && Stopwatch.GetElapsedTime(start) < s_longestDeath)
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1), cancellationToken);
        return alive;
    }

    // They all block at once, so that each has a thread, and most threads are new.
    private static async Task<string[]> LaterThreadsAsync(int visits, string home)
    {
        int count = Math.Max(50, 2 * visits);
        using var all = new CountdownEvent(count);
        var later = new Goroutine<string>[count];
        for (int i = 0; i < count; i++)
        {
            later[i] = Go.Start(() =>
            {
                all.Signal();
                all.Wait();
                return ThreadNamespaces.OfCaller();
            });
        }

        var strays = new List<string>();
        foreach (Goroutine<string> goroutine in later)
        {
            if (await goroutine is { } seen && seen != home)
                strays.Add(seen);
        }

        Console.WriteLine($"{count} later goroutines, each on a thread of its own");
        return [.. strays];
    }

    private static string Show(IReadOnlyList<string> items) => items.Count == 0 ? "none" : string.Join(", ", items);

    private sealed record Visit(string Name, string Namespace, string Thread, string[] Interfaces);
}
