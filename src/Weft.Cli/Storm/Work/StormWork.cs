using System.Diagnostics;

namespace Weft.Cli.Storm.Work;

/// <summary>
/// What each goroutine of a storm does, and what lets them go on. <see cref="Prepare"/> and <see cref="Release"/> are called on one and the
/// same thread, once a burst each; <see cref="Run"/> is called by every goroutine of the burst.
/// </summary>
internal abstract class StormWork : IDisposable
{
    /// <summary>How many goroutines a burst has.</summary>
    public abstract int Goroutines { get; }

    /// <summary>How long after the start of a burst <see cref="Release"/> is due, or null when nothing waits for it.</summary>
    public virtual TimeSpan? ReleaseAfter => null;

    /// <summary>A count that grows while there is progress; the number of goroutines that have ended is added to it.</summary>
    public virtual long Progress => 0;

    /// <summary>Makes ready for a burst.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Blocks, and counts what it did.</summary>
    public abstract void Run(int index);

    /// <summary>Lets go all that are blocked.</summary>
    public virtual void Release() => throw new UnreachableException();

    /// <summary>What of the burst that ended was lost, in words, or null. Called when every goroutine has ended.</summary>
    public virtual string? FindLoss() => null;

    public virtual void Dispose()
    {
    }

    public static StormWork Create(StormOptions options) => options.Kind switch
    {
        StormKind.Sleep => new SleepWork(options.Goroutines, options.Block),
        StormKind.Lock => new LockWork(options.Goroutines, options.Block),
        StormKind.Read => new ReadWork(options.Goroutines, options.Block),
        StormKind.File => new FileWork(options.Goroutines, FileList.Below(options.Path!)),
        _ => throw new UnreachableException(),
    };
}
