using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Weft;

/// <summary>
/// What <see cref="GoroutineBody"/> and <see cref="GoroutineBody{TResult}"/> have in common. It is there for the compiler, which tells by
/// it a function that would only make a body, and lose it, from one that computes something.
/// </summary>
/// <remarks>Only Weft's own types are meant to implement it.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Design", "CA1040", Justification = "A constraint on type parameters, which an attribute cannot be.")]
public interface IGoroutineBody;
