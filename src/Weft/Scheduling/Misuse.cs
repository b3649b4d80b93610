using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft.Scheduling;

/// <summary>Words for what a program does wrong, one style for the whole API.</summary>
internal static class Misuse
{
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

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDefault(string type) => throw new InvalidOperationException(
        $"This {type} is the default value, which stands for nothing: use one that a method of Weft returned.");
}
