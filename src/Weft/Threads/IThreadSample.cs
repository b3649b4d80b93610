namespace Weft.Threads;

/// <summary>
/// The threads of the process that have one name, as the system shows them: for threads that Weft did not make. For one thread at a time.
/// </summary>
internal interface IThreadSample
{
    /// <summary>
    /// The part, 0 to 1, of these threads that are on a processor or wait for one, from some of them; null if none was found.
    /// </summary>
    /// <param name="threads">How many there are, as far as the caller knows: the list is made anew when it has changed much.</param>
    double? ShareRunning(int threads);
}
