namespace Weft;

/// <summary>
/// The sending side of a <see cref="Chan{T}"/>: Go's <c>chan&lt;- T</c>. For parameters and results of code that sends, and perhaps closes,
/// and must not receive. Every channel is one; nothing is allocated for it.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// All members may be used from any thread. Only channels of Weft implement it, so that a <see cref="Select"/> can wait for each.
/// </remarks>
/// <example>
/// <code>
/// static async Task CountAsync(ISendChan&lt;int&gt; numbers, int to)
/// {
///     for (int i = 0; i &lt; to; i++)
///         await numbers.SendAsync(i);
///     numbers.Close();
/// }
/// </code>
/// </example>
public interface ISendChan<T>
{
    /// <inheritdoc cref="Chan.Capacity"/>
    int Capacity { get; }

    /// <inheritdoc cref="Chan.Count"/>
    int Count { get; }

    /// <inheritdoc cref="Chan.IsClosed"/>
    bool IsClosed { get; }

    /// <summary>The channel itself. It also keeps others from implementing the interface.</summary>
    internal Chan<T> Chan { get; }

    /// <inheritdoc cref="Chan{T}.SendAsync"/>
    SendAwaitable SendAsync(T value, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.Send"/>
    void Send(T value, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Chan{T}.TrySend"/>
    bool TrySend(T value);

    /// <inheritdoc cref="Chan.Close"/>
    void Close();
}
