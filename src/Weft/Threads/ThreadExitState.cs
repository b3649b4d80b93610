namespace Weft.Threads;

/// <summary>
/// How far an exiting thread has come, for people who look at a dump. It frees nothing: the proof that a thread is off its stack is
/// <see cref="IThreadPlatform.TryJoin"/>, never a flag in memory, because the C library and the kernel use the stack after the last
/// instruction of ours.
/// </summary>
internal enum ThreadExitState
{
    /// <summary>Not exiting.</summary>
    None,

    /// <summary>Runs its exit code; its object must stay rooted.</summary>
    Wait,

    /// <summary>Past its exit code; the system owns its stack, so there is nothing to free but the handle.</summary>
    Ref,

    /// <summary>Past its exit code; its stack can be freed once it is joined.</summary>
    Stack,
}
