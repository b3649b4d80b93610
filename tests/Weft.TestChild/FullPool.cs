using System.Threading.Channels;

namespace Weft.TestChild;

/// <summary>Two goroutines use a channel through its adapter while no thread of .NET's pool is to be had.</summary>
internal static class FullPool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    /// <param name="arguments">How many values to pass.</param>
    internal static int Run(string[] arguments)
    {
        int count = int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture);
        using var release = new ManualResetEventSlim();
        int threads = Environment.ProcessorCount;
        ThreadPool.SetMinThreads(threads, threads);
        if (!ThreadPool.SetMaxThreads(threads, threads))
            return 4;
        using var full = new CountdownEvent(threads);
        for (int i = 0; i < threads; i++)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                full.Signal();
                release.Wait();
            });
        }

        full.Wait();
        Channel<int> there = new Chan<int>(1).AsChannel(), back = new Chan<int>(1).AsChannel();
        Goroutine<int> asking = Go.Start(async Task<int> () =>
        {
            int sum = 0;
            for (int i = 0; i < count; i++)
            {
                await there.Writer.WriteAsync(i);
                sum += await back.Reader.ReadAsync();
            }

            there.Writer.Complete();
            await foreach (int value in back.Reader.ReadAllAsync())
                sum += value;
            await back.Reader.Completion;
            return sum;
        });
        Goroutine<int> answering = Go.Start(async Task<int> () =>
        {
            using var source = new CancellationTokenSource();
            while (await there.Reader.WaitToReadAsync(source.Token))
            {
                while (there.Reader.TryRead(out int value))
                {
                    while (await back.Writer.WaitToWriteAsync(source.Token) && !back.Writer.TryWrite(value))
                        ;
                }
            }

            await back.Writer.WriteAsync(1_000_000);
            await back.Writer.WriteAsync(1_000_000);
            back.Writer.Complete();
            return 0;
        });
        bool ended = asking.Completion.Wait(s_limit) && answering.Completion.Wait(s_limit);
        Console.WriteLine(ended ? asking.Task.Result : "not done");
        release.Set();
        return ended ? 0 : 3;
    }
}
