namespace Weft.Threads;

/// <summary>
/// A stack: a mapping whose lowest page is the guard, and the usable part directly above it, up to the mapping's end.
/// </summary>
internal readonly record struct StackRegion(nint MappingBase, nuint MappingSize, nint Base, nuint Size);
