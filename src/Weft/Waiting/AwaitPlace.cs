namespace Weft.Waiting;

/// <summary>Where an operation is awaited, as far as its goroutine's own calls must know.</summary>
internal enum AwaitPlace : byte
{
    /// <summary>Nowhere yet, or where nobody need know of it.</summary>
    Unknown,

    /// <summary>
    /// By an awaiter of Weft in the flow of the goroutine that started it: so it is the goroutine that asks for the result.
    /// </summary>
    InOwnFlow,

    /// <summary>By code that does not run the goroutine: the continuation reaches the goroutine a little later.</summary>
    Elsewhere,
}
