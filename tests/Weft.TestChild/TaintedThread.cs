using System.Runtime.InteropServices;

namespace Weft.TestChild;

/// <summary>
/// A locked goroutine changes its thread, then does something that wants a thread which the process does not have yet. Prints in which
/// state that one begins: its working directory, which a thread has to itself after unshare(CLONE_FS) and which a new thread inherits from
/// the one that makes it.
/// </summary>
internal static partial class TaintedThread
{
    private const int CLONE_FS = 0x200;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    internal static int Run(string[] arguments)
    {
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "tainted", MaxProcs = 1 });
        using var other = new Scheduler(new SchedulerOptions { Name = "other", MaxProcs = 1 });
        using var begin = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var channel = new Chan<int>(1);
        var golock = new GoLock();
        Goroutine<string>? elsewhere = null;
        Action act = () => { };

        // The body returns what it has changed its directory to, and ends locked.
        Func<string> body = () =>
        {
            Go.LockOSThread();
            begin.Wait();
            if (Unshare(CLONE_FS) != 0 || ChangeDirectory("/proc") != 0)
                throw new InvalidOperationException($"The directory cannot be changed: error {Marshal.GetLastPInvokeError()}.");
            act();
            return Directory();
        };
        var awaited = new TaskCompletionSource();
        Goroutine<string> goroutine = arguments[0] != "async" ? scheduler.Start(body) : scheduler.Start(async () =>
        {
            await awaited.Task;
            return body();
        });
        Task<string> seen;
        switch (arguments[0])
        {
            case "completion" or "async":
                seen = LookAfterAsync(goroutine.Completion);
                break;
            case "result":
                seen = LookAfterAsync(goroutine.Task);
                break;
            case "channel":
                act = () => channel.Send(1);
                seen = LookAfterAsync(channel.ReceiveAsync().AsTask());
                break;
            case "adapter":
                act = () => channel.Send(1);
                seen = LookAfterAsync(channel.AsChannel().Reader.WaitToReadAsync().AsTask());
                break;
            case "lock":
                golock.TryLock();
                act = golock.Unlock;
                seen = LookAfterAsync(golock.LockAsync().AsTask());
                break;
            case "scheduler":
                act = () =>
                {
                    elsewhere = other.Start(Directory);
                    end.Set();
                };
                seen = Task.FromResult("");
                break;
            default:
                Console.Error.WriteLine($"no such act: {arguments[0]}");
                return 2;
        }

        // The end of an async body that has waited for a task is told by the body's own.
        while (arguments[0] == "async" && goroutine.Status != GoroutineStatus.Parked)
            Thread.Yield();
        awaited.SetResult();
        begin.Set();
        if (arguments[0] == "scheduler")
        {
            end.Wait();
            seen = elsewhere!.Task;
        }

        if (!seen.Wait(s_limit) || !goroutine.Task.Wait(s_limit))
            throw new TimeoutException("Nothing came of it.");
        Console.WriteLine(
            $"changed to {goroutine.Task.Result}, begins in {(seen.Result == Environment.CurrentDirectory ? "its own" : seen.Result)}");
        return 0;
    }

    /// <summary>The directory of the thread of the pool on which an await goes on.</summary>
    private static async Task<string> LookAfterAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return Directory();
    }

    private static string Directory() => new FileInfo("/proc/thread-self/cwd").LinkTarget!;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeDirectory(string path);
}
