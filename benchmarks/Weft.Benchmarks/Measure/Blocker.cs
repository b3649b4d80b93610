namespace Weft.Benchmarks.Measure;

/// <summary>A way to block many threads; one storm each.</summary>
internal abstract class Blocker : IDisposable
{
    public static Blocker Create(string kind, int count, TimeSpan length) => kind switch
    {
        "sleep" => new Sleeper(length),
        "read" => new PipeReader(count),
        "wait" => new Waiter(),
        "slim" => new SlimWaiter(),
        "lock" => new Locker(),
        _ => throw new ArgumentException($"There is no kind of blocking called '{kind}'.", nameof(kind)),
    };

    /// <summary>
    /// Blocks the calling thread, as number <paramref name="i"/>, until the time is over or <see cref="Release"/> was called.
    /// </summary>
    public abstract void Block(int i);

    /// <summary>Lets all go on, if they do not by themselves.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Call it when nobody blocks any more.</summary>
    public abstract void Dispose();

    /// <summary>Thread.Sleep: nothing announces it.</summary>
    private sealed class Sleeper(TimeSpan length) : Blocker
    {
        public override void Block(int i) => Thread.Sleep(length);

        public override void Dispose()
        {
        }
    }

    /// <summary>One event for all: a managed wait that blocks at once, as the peer in Go does.</summary>
    private sealed class Waiter : Blocker
    {
        private readonly ManualResetEvent _event = new(false);

        public override void Block(int i) => _event.WaitOne();

        public override void Release() => _event.Set();

        public override void Dispose() => _event.Dispose();
    }

    /// <summary>One slim event for all: each spins and yields before it blocks, and all of them take one lock when they wake.</summary>
    private sealed class SlimWaiter : Blocker
    {
        private readonly ManualResetEventSlim _event = new();

        public override void Block(int i) => _event.Wait();

        public override void Release() => _event.Set();

        public override void Dispose() => _event.Dispose();
    }

    /// <summary>One lock that is held when they come, then goes from one to the next.</summary>
    private sealed class Locker : Blocker
    {
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _free = new(0);

        public Locker()
        {
            using SemaphoreSlim taken = new(0);
            new Thread(() =>
            {
                lock (_lock)
                {
                    taken.Release();
                    _free.Wait();
                }
            })
            { IsBackground = true }.Start();
            taken.Wait();
        }

        public override void Block(int i)
        {
            lock (_lock)
            {
            }
        }

        public override void Release() => _free.Release();

        public override void Dispose() => _free.Dispose();
    }
}
