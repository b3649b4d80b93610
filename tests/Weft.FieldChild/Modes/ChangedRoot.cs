using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Weft.FieldChild.Modes;

/// <summary>
/// A scheduler is made, then the process changes its root to an empty folder: no assembly and no /proc is there any more. Goroutines block,
/// all threads leave, others come; then the dump, a deadlock, timers and disposal. Prints what went wrong, and which assemblies were not
/// loaded in time.
/// </summary>
internal static partial class ChangedRoot
{
    private const int Goroutines = 50;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    internal static int Run(string[] arguments)
    {
        string root = Directory.CreateTempSubdirectory("weft-field-").FullName;
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name).ToHashSet();
        string late = string.Join(' ', typeof(Scheduler).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name).Where(name => !loaded.Contains(name)));
        int here = Open("/", 0);
        if (here < 0 || ChangeRoot(root) != 0 || ChangeDirectory("/") != 0)
            throw new Win32Exception();
        Use(scheduler);
        scheduler.Dispose();

        // Out again, by the folder that is still open, to leave nothing behind.
        if (ChangeDirectoryTo(here) != 0 || ChangeRoot(".") != 0)
            throw new Win32Exception();
        Directory.Delete(root);
        Console.WriteLine($"all went on, not loaded: {late}");
        return 0;
    }

    private static void Use(Scheduler scheduler)
    {
        for (int round = 0; round < 2; round++)
        {
            foreach (Goroutine<int> one in new Burst(Goroutines, 20).Start(scheduler))
                one.Completion.Wait();
            if (!SpinWait.SpinUntil(() => scheduler.Statistics.Threads == 0, s_limit))
                throw new TimeoutException($"{scheduler.Statistics.Threads} threads stayed.");
        }

        scheduler.WriteDump(TextWriter.Null);
        scheduler.Start(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            return await Go.After(TimeSpan.FromMilliseconds(1)).ReceiveAsync();
        }).Completion.Wait();
        try
        {
            scheduler.Run(async () => { await new Chan<int>().ReceiveAsync(); });
            throw new InvalidOperationException("A deadlock was not found.");
        }
        catch (DeadlockException)
        {
            // As it should be.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeRoot(string path);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeDirectory(string path);

    [LibraryImport("libc", EntryPoint = "fchdir", SetLastError = true)]
    private static partial int ChangeDirectoryTo(int folder);
}
