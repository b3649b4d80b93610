using System.Runtime.CompilerServices;
using Weft.Waiting;

namespace Weft;

/// <content>What a goroutine keeps for its next waits. With the run right only.</content>
public abstract partial class Goroutine
{
    /// <summary>The sleep that belongs to the goroutine, reused from one to the next.</summary>
    internal SleepOperation? SleepCache
    {
        get => Unsafe.As<SleepOperation>(_keptSleep);
        set => _keptSleep = value;
    }

    /// <summary>The first of the operations that it uses again and again; see <see cref="Operation"/>.</summary>
    internal Operation? KeptOperations
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<Operation>(_keptOperations);
        set => _keptOperations = value;
    }
}
