namespace Weft.TestChild;

/// <summary>
/// Lets an exception leave a goroutine that nobody awaits, or a foreign context that is to have an await go on; the process should not
/// survive it.
/// </summary>
internal static class UnhandledException
{
    /// <summary>What no report of anything else contains.</summary>
    internal const string Message = "left the goroutine";

    internal static int Run(string[] arguments)
    {
        using var never = new ManualResetEventSlim();
        switch (arguments)
        {
            case ["body"]:
                Go.Start((Action)(() => throw new InvalidOperationException(Message)));
                break;
            case ["named"]:
                Go.Start(() =>
                {
                    Go.Current!.Name = "cleaner";
                    Go.Current.SetLabel("request", "42");
                    throw new InvalidOperationException(Message);
                });
                break;
            case ["continuation"]:
                Go.Start(async () =>
                {
                    await Go.Yield();
                    throw new InvalidOperationException(Message);
                });
                break;
            case ["async-void"]:
                Go.Start(async () =>
                {
                    ThrowLater();
                    await Task.Delay(Timeout.Infinite);
                });
                break;
            case ["report-without-handler"]:
                var scheduler = new Scheduler(new SchedulerOptions { UnhandledExceptions = UnhandledExceptionPolicy.Report });
                scheduler.Start((Action)(() => throw new InvalidOperationException(Message)));
                break;
            case ["foreign-context"]:
                AwaitIn(new RefusingContext(), locked: false);
                break;
            case ["foreign-context-of-locked"]:
                AwaitIn(new RefusingContext(), locked: true);
                break;
            default:
                return 2;
        }

        // The process ends before this does; 3 says that it did not.
        never.Wait(TimeSpan.FromSeconds(20));
        return 3;
    }

    /// <summary>
    /// Waits in the context for what a goroutine sends: that fails for the receiver, not for the sender, whose failures do not count here.
    /// </summary>
    private static void AwaitIn(SynchronizationContext context, bool locked)
    {
        var channel = new Chan<int>();
        SynchronizationContext.SetSynchronizationContext(context);
        Task received = ReceiveAsync(channel);
        SynchronizationContext.SetSynchronizationContext(null);
        Go.Start(async () =>
        {
            if (locked)
                Go.LockOSThread();
            try
            {
                await channel.SendAsync(1);
            }
            catch (InvalidOperationException)
            {
                Console.Error.WriteLine("the sender failed");
            }
        });
    }

    private static async Task ReceiveAsync(Chan<int> channel) => await channel.ReceiveAsync();

    private static async void ThrowLater()
    {
        await Task.Yield();
        throw new InvalidOperationException(Message);
    }

    private sealed class RefusingContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException(Message);
    }
}
