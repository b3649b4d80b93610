namespace Weft;

/// <summary>What came out of a channel: a value, or the news that it is closed and empty. Go's <c>v, ok := &lt;-c</c>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
/// <param name="Value">The value; the type's default when <paramref name="HasValue"/> is false.</param>
/// <param name="HasValue">Whether there was a value; false: the channel is closed and empty.</param>
/// <example>
/// <code>
/// (int value, bool ok) = await numbers.ReceiveOrClosedAsync();
/// </code>
/// </example>
public readonly record struct Received<T>(T Value, bool HasValue);
