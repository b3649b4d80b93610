namespace Weft.TestChild;

/// <summary>Lets an exception leave a goroutine that nobody awaits; the process should not survive it.</summary>
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
            default:
                return 2;
        }

        // The process ends before this does; 3 says that it did not.
        never.Wait(TimeSpan.FromSeconds(20));
        return 3;
    }

    private static async void ThrowLater()
    {
        await Task.Yield();
        throw new InvalidOperationException(Message);
    }
}
