namespace Weft.Runtime.Host;

/// <summary>Tells a cancellation from a failure.</summary>
internal static class Cancellation
{
    /// <summary>
    /// Whether a body ended because it was cancelled: the exception names a token, which was cancelled. A time-out in disguise is
    /// none: HttpClient's is an <see cref="OperationCanceledException"/>, of a token of its own, with a <see cref="TimeoutException"/>
    /// inside.
    /// </summary>
    internal static bool IsOfAToken(Exception exception)
    {
        if (exception is not OperationCanceledException { CancellationToken.IsCancellationRequested: true })
            return false;
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is TimeoutException)
                return false;
        }

        return true;
    }
}
