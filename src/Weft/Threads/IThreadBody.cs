namespace Weft.Threads;

/// <summary>What a thread runs, without the delegate that an <see cref="Action"/> costs.</summary>
internal interface IThreadBody
{
    /// <summary>Called once, on the new thread; the thread exits when it returns.</summary>
    void Run();
}
