using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// What a goroutine is to run, made by calling an <c>async</c> method or lambda that returns this type. The call only keeps the arguments,
/// as <c>go f(x)</c> does; the method runs from its first line when the body is started, once, as a goroutine.
/// </summary>
/// <remarks>
/// <para>
/// It is given as a value, <c>Start(F(x))</c>. Only Start of <see cref="Go"/> and <see cref="Scheduler"/>, and Run, also take a function
/// that makes it; async lambdas that are given to these are bodies by themselves. Everything can be awaited in a body. A body itself cannot
/// be awaited: a method that others await returns a <see cref="Task"/> or <see cref="ValueTask"/>.
/// </para>
/// <para>
/// Against an <c>async Task</c> method it saves the task, the closure and two delegates for each goroutine, and about a fifth of the time
/// of a channel operation that waits.
/// </para>
/// <para>
/// A value may be used from any thread, and started once, whether that succeeds or not. The default value is no body; starting it is an
/// <see cref="ArgumentException"/>. The async lambdas need C# 13 or later, which the SDK of .NET 10 uses.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// static async GoroutineBody Count(int to, Chan&lt;int&gt; numbers)
/// {
///     for (int i = 0; i &lt; to; i++)
///         await numbers.SendAsync(i);
///     numbers.Close();
/// }
///
/// var numbers = new Chan&lt;int&gt;();
/// Go.Start(Count(3, numbers));
/// await foreach (int number in numbers)
///     Console.WriteLine(number);
/// </code>
/// </example>
[AsyncMethodBuilder(typeof(GoroutineBodyBuilder))]
public readonly struct GoroutineBody : IGoroutineBody
{
    private readonly BodyFrame? _frame;

    internal GoroutineBody(BodyFrame? frame) => _frame = frame;

    /// <summary>What a goroutine runs; null for the default value.</summary>
    internal BodyFrame? Frame => _frame;
}
