using Weft.Runtime.Running;

namespace Weft.Goroutines;

/// <summary>Calls the bodies of goroutines.</summary>
internal static class GoroutineBodies
{
    /// <summary>What the compiler says of a function that would make a body which nothing runs.</summary>
    internal const string IsMadeOnly =
        "This function only makes a GoroutineBody, which nothing would run. Give the body as a value, as in Start(F(x)), "
        + "where one is taken; elsewhere give an async lambda or a method that returns a task.";

    /// <summary>Calls a body that has no result, or gives none to anybody.</summary>
    /// <returns>The task or frame that it goes on in; null when it has run to its end.</returns>
    internal static object? Invoke(BodyKind kind, object body)
    {
        switch (kind)
        {
            case BodyKind.AsynchronousAction:
                return NotNull(((Func<Task>)body)());
            case BodyKind.BodyAction:
                return Claim(((Func<GoroutineBody>)body)().Frame);
            case BodyKind.Frame:
                return body;
            default:
                ((Action)body)();
                return null;
        }
    }

    /// <summary>A task that a body has returned.</summary>
    internal static Task NotNull(Task? task) =>
        task ?? throw new InvalidOperationException("The body of a goroutine returned null instead of a task.");

    /// <summary>The frame of the body that a delegate has returned, for the goroutine that called it.</summary>
    internal static BodyFrame Claim(BodyFrame? frame)
    {
        if (frame is null)
            throw new InvalidOperationException(
                "The body of a goroutine returned the default value instead of what an async method returns.");
        frame.Claim();
        return frame;
    }

    /// <summary>The frame of a body that is to be started.</summary>
    /// <param name="frame">The frame, null for the default value.</param>
    /// <param name="name">Of the parameter that it was given as.</param>
    /// <exception cref="ArgumentException">It is the default value.</exception>
    internal static BodyFrame ClaimArgument(BodyFrame? frame, string name)
    {
        if (frame is null)
            throw new ArgumentException("The default value is no body: a body is what a call of an async method returns.", name);
        frame.Claim();
        return frame;
    }
}
