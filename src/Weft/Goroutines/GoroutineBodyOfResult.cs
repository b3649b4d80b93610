using System.Runtime.CompilerServices;
using Weft.Goroutines;

namespace Weft;

/// <summary>A <see cref="GoroutineBody"/> with a result, which an await gives of the <see cref="Goroutine{TResult}"/>.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <inheritdoc cref="GoroutineBody" path="/remarks"/>
/// <example>
/// <code>
/// static async GoroutineBody&lt;int&gt; Sum(Chan&lt;int&gt; numbers)
/// {
///     int sum = 0;
///     await foreach (int number in numbers)
///         sum += number;
///     return sum;
/// }
///
/// var numbers = new Chan&lt;int&gt;(capacity: 2);
/// Goroutine&lt;int&gt; sum = Go.Start(Sum(numbers));
/// await numbers.SendAsync(40);
/// await numbers.SendAsync(2);
/// numbers.Close();
/// Console.WriteLine(await sum);
/// </code>
/// </example>
[AsyncMethodBuilder(typeof(GoroutineBodyBuilder<>))]
public readonly struct GoroutineBody<TResult> : IGoroutineBody
{
    private readonly ResultFrame<TResult>? _frame;

    internal GoroutineBody(ResultFrame<TResult> frame) => _frame = frame;

    /// <summary>
    /// The same body for those that take one without a result, such as <see cref="WaitGroup.Go(GoroutineBody, string, int)"/>.
    /// </summary>
    /// <param name="body">The body.</param>
    public static implicit operator GoroutineBody(GoroutineBody<TResult> body) => new(body._frame);

    /// <summary>What a goroutine runs; null for the default value.</summary>
    internal ResultFrame<TResult>? Frame => _frame;
}
