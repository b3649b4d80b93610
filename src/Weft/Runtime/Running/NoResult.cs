namespace Weft.Runtime.Running;

/// <summary>The result of an awaitable goroutine whose body has none.</summary>
internal readonly struct NoResult;
