using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft.Runtime.Host;

/// <summary>Words for what a program does wrong, one style for the whole API.</summary>
internal static class Misuse
{
    /// <summary>In the place of an operation's version: an awaitable that had no need of one. The default value has zero there.</summary>
    internal const short Ready = 1;

    /// <summary>For an awaitable without an operation.</summary>
    /// <exception cref="InvalidOperationException">It is the default value of its type.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckReady(short version, string type)
    {
        if (version != Ready)
            ThrowDefault(type);
    }

    /// <summary>What a structure of the API consists of.</summary>
    /// <param name="part">What every value but the default one has.</param>
    /// <param name="type">The structure's name, without type parameters.</param>
    /// <exception cref="InvalidOperationException">It is null: the structure is the default value of its type.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T NotDefault<T>([NotNull] T? part, string type)
        where T : class
    {
        if (part is null)
            ThrowDefault(type);
        return part;
    }

    /// <summary>The answer to a caller that asks something of a scheduler that is disposed, or of what ended with it.</summary>
    /// <param name="scheduler">The scheduler's name.</param>
    /// <param name="operation">What was asked for, or did not come to its end: the beginning of the message.</param>
    internal static ObjectDisposedException Disposed(string scheduler, string operation) =>
        new($"Weft scheduler '{scheduler}'", $"{operation}: scheduler '{scheduler}' is disposed.");

    /// <inheritdoc cref="Disposed"/>
    internal static void ThrowIfDisposed(bool isDisposed, string scheduler, string operation)
    {
        if (isDisposed)
            throw Disposed(scheduler, operation);
    }

    /// <summary>For what is awaited a second time, or asked for its result a second time.</summary>
    internal static InvalidOperationException AwaitedTwice() =>
        new("This operation is awaited already, or was: it can be awaited once only. "
            + "AsTask gives a task, which can be awaited any number of times.");

    /// <summary>For an operation that is asked for its result while it waits.</summary>
    internal static InvalidOperationException NoResultYet() =>
        new("This operation has no result before it has ended: await it, or wait for the task that AsTask gives.");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDefault(string type) => throw new InvalidOperationException(
        $"This {type} is the default value, which stands for nothing: use one that a method of Weft returned.");
}
