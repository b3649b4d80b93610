namespace Weft.Threads;

/// <summary>What a thread has had of the system since it was created.</summary>
/// <param name="CpuNanoseconds">The time it has computed, in user code and in the system.</param>
/// <param name="Sleeps">How often it has given up its CPU because it had to wait for something.</param>
internal readonly record struct ThreadUse(long CpuNanoseconds, long Sleeps);
