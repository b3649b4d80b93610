using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Goroutines;

namespace Weft;

/// <content>
/// Forms that the compiler refuses. A function that returns a body is a function with a result to it, or an action, so it would make the
/// body and lose it. Inference never makes a body of an async lambda here, so these refuse none.
/// </content>
public sealed partial class GoroutineGroup
{
    /// <summary>An error of the compiler, instead of a body that is lost: use <see cref="Start(GoroutineBody, string, int)"/>.</summary>
    /// <param name="body">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Goroutine Start<TBody>(Func<TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <inheritdoc cref="Start{TBody}(Func{TBody})"/>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Goroutine Start<TBody>(Func<CancellationToken, TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <summary>
    /// An error of the compiler, instead of a body that is lost: use <see cref="StartAsync(GoroutineBody, string, int)"/>.
    /// </summary>
    /// <param name="body">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueTask<Goroutine> StartAsync<TBody>(Func<TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <inheritdoc cref="StartAsync{TBody}(Func{TBody})"/>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueTask<Goroutine> StartAsync<TBody>(Func<CancellationToken, TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <summary>
    /// An error of the compiler, instead of a body that is lost: give <see cref="TryStart(Func{Task}, string, int)"/> an async lambda.
    /// </summary>
    /// <param name="body">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Goroutine? TryStart<TBody>(Func<TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <inheritdoc cref="TryStart{TBody}(Func{TBody})"/>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Goroutine? TryStart<TBody>(Func<CancellationToken, TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);
}
