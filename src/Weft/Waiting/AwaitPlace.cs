namespace Weft.Waiting;

/// <summary>Where an operation is awaited, as far as its goroutine's own calls must know.</summary>
internal enum AwaitPlace : byte
{
    /// <summary>Nowhere yet, or at a place that makes no difference.</summary>
    Unknown,

    /// <summary>
    /// By an awaiter of Weft in the flow of the goroutine that started it. So the goroutine itself asks for the result.
    /// </summary>
    InOwnFlow,

    /// <summary>By code that does not run the goroutine: the continuation reaches the goroutine a little later.</summary>
    Elsewhere,
}
