using Weft.Threads;

namespace Weft.TestChild;

/// <summary>Configures the default scheduler, which a process has one of, and tells what became of it.</summary>
internal static class DefaultScheduler
{
    internal static int Run(string[] arguments)
    {
        switch (arguments is [string what] ? what : null)
        {
            case "configured":
                Go.Configure(new SchedulerOptions { Name = "mine", MaxThreads = 77 });
                Go.Run(() => Console.WriteLine($"{Go.Current!.Scheduler.Name} {Scheduler.Default.MaxThreads}"));
                return 0;
            case "twice":
                Go.Configure(new SchedulerOptions { Name = "first" });
                Refused(new SchedulerOptions { Name = "second" });
                Console.WriteLine(Scheduler.Default.Name);
                return 0;
            case "late":
                Go.Run(() => { });
                Refused(new SchedulerOptions { Name = "late" });
                Console.WriteLine(Scheduler.Default.Name);
                return 0;
            case "invalid":
                Refused(new SchedulerOptions { MaxThreads = 1 });
                Go.Configure(new SchedulerOptions { Name = "valid" });
                Console.WriteLine(Scheduler.Default.Name);
                return 0;
            default:
                Console.Error.WriteLine("usage: default-scheduler configured|twice|late|invalid");
                return 2;
        }
    }

    /// <summary>Prints, in KiB, the default of Weft and the stack that a thread of the pool has.</summary>
    internal static int StackSize(string[] arguments)
    {
        Console.WriteLine(
            $"{OSThreadOptions.DefaultStackSizeBytes / 1024} {Task.Run(PosixStack.SizeOfCaller).Result / 1024} "
            + $"{Go.Start(PosixStack.SizeOfCaller).Task.Result / 1024}");
        return 0;
    }

    private static void Refused(SchedulerOptions options)
    {
        try
        {
            Go.Configure(options);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
