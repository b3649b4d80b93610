namespace Weft.Threads;

/// <summary>Is told how long threads lived. Called by whatever thread joined one, so it must not block, nor run a user's code.</summary>
internal interface IThreadLives
{
    /// <summary>A thread has been joined.</summary>
    /// <param name="lived">From the moment the system was asked for it until its body had ended.</param>
    /// <param name="unjoined">From then until it was joined and its stack was free.</param>
    void Add(TimeSpan lived, TimeSpan unjoined);
}
