namespace Weft;

/// <summary>
/// The receiving side of a <see cref="Chan{T}"/>: Go's <c>&lt;-chan T</c>. For parameters and results of code that receives and must not
/// send or close. Every channel is one; nothing is allocated for it.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// All members may be used from any thread. Only channels of Weft implement it, so that a <see cref="Select"/> can wait for each.
/// </remarks>
/// <example>
/// <code>
/// static async Task&lt;int&gt; SumAsync(IReceiveChan&lt;int&gt; numbers)
/// {
///     int sum = 0;
///     await foreach (int number in numbers)
///         sum += number;
///     return sum;
/// }
/// </code>
/// </example>
public interface IReceiveChan<T> : IAsyncEnumerable<T>
{
    /// <inheritdoc cref="Chan.Capacity"/>
    int Capacity { get; }

    /// <inheritdoc cref="Chan.Count"/>
    int Count { get; }

    /// <inheritdoc cref="Chan.IsClosed"/>
    bool IsClosed { get; }

    /// <summary>The channel itself. It also keeps others from implementing the interface.</summary>
    internal Chan<T> Chan { get; }

    /// <inheritdoc cref="Chan{T}.ReceiveAsync"/>
    ReceiveAwaitable<T> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.ReceiveOrClosedAsync"/>
    ReceiveOrClosedAwaitable<T> ReceiveOrClosedAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.Receive"/>
    T Receive(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.ReceiveOrClosed"/>
    Received<T> ReceiveOrClosed(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.TryReceive"/>
    bool TryReceive([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value);

    /// <inheritdoc cref="Chan{T}.TryReceiveOrClosed"/>
    bool TryReceiveOrClosed(out Received<T> received);
}
