using Weft.Contracts;
using Weft.Threads;

namespace Weft;

/// <summary>
/// What a <see cref="Scheduler"/> may use and how it behaves. All values are read once, when the scheduler is made. A value out of range
/// is refused there and then with an <see cref="ArgumentException"/> that names the option.
/// </summary>
/// <remarks>Cannot be changed once made, and so may be used by any number of threads and schedulers.</remarks>
/// <example>
/// <code>
/// using var scheduler = new Scheduler(new SchedulerOptions { Name = "io", MaxProcs = 2, MaxThreads = 500 });
/// </code>
/// </example>
public sealed class SchedulerOptions
{
    /// <summary>
    /// Stands for the default of <see cref="MaxThreads"/>, for code that has the number from elsewhere, or has none.
    /// </summary>
    public const int DefaultMaxThreads = -1;

    private static readonly TimeSpan s_minIdleTimeout = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan? _minIdleTimeout;
    private readonly int? _maxThreads;

    /// <summary>
    /// Names the scheduler in diagnostics, and its threads: their system name starts with it. 1 to 8 printable ASCII characters without
    /// spaces, because Linux keeps 15 characters of a thread's name. Default: <c>weft</c>.
    /// </summary>
    public string Name { get; init; } = "weft";

    /// <summary>
    /// How many goroutines may run at the same time; 1 to <see cref="Scheduler.MaxProcsLimit"/>. Default: the number of CPUs the process
    /// may use. Can be changed later through <see cref="Scheduler.MaxProcs"/>.
    /// </summary>
    public int MaxProcs { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, Scheduler.MaxProcsLimit);

    /// <summary>
    /// How many threads the scheduler may have at once, the monitor included; 4 to 1,000,000. Reaching it is not
    /// fatal: work waits for a thread, and what a goroutine that blocks waits for of its own runs inside its wait. A value that is set is
    /// taken as it is.
    /// </summary>
    /// <remarks>
    /// Default: what the process may have when the scheduler is made (read then, not before), less 32 for the rest of the process, or 16
    /// more than it has CPUs if that is more; at most 10,000. Of a process that may have few more threads, a quarter, at least 4. On Linux
    /// it comes from the tightest of: <c>pids.max</c> of the control groups, RLIMIT_NPROC, <c>kernel.threads-max</c>,
    /// <c>kernel.pid_max</c>, <c>vm.max_map_count</c>. Elsewhere it is 10,000. <see cref="Scheduler.MaxThreads"/> and
    /// <see cref="Scheduler.WriteDump"/> tell what it came to.
    /// </remarks>
    public int MaxThreads
    {
        get => _maxThreads ?? ThreadAllowance.From((Platform ?? ThreadPlatform.Current).FindThreadLimits()).Threads;
        init => _maxThreads = value == DefaultMaxThreads ? null : value;
    }

    /// <summary>
    /// Bytes of address space for each thread's stack, rounded up to whole pages; 256 KiB to 1 GiB. Only pages that are touched cost
    /// memory. Default: <see cref="OSThreadOptions.DefaultStackSizeBytes"/>, what .NET's own threads have, so that code of the pool's does
    /// not overflow here.
    /// </summary>
    public int StackSizeBytes { get; init; } = OSThreadOptions.DefaultStackSizeBytes;

    /// <summary>
    /// How long the last idle thread is kept; more than zero, at most one day. With more idle threads the time shrinks, down to
    /// <see cref="MinIdleTimeout"/> at <see cref="IdleThreadsAtMinTimeout"/>. Default: 5 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The shortest time an idle thread is kept; more than zero, at most <see cref="IdleTimeout"/>. Default: 200 ms, or
    /// <see cref="IdleTimeout"/> if that is less: no thread leaves while the burst of blocking calls that needed it goes on, and the next
    /// burst, if it follows soon, finds it.
    /// </summary>
    public TimeSpan MinIdleTimeout
    {
        get => _minIdleTimeout ?? (IdleTimeout < s_minIdleTimeout ? IdleTimeout : s_minIdleTimeout);
        init => _minIdleTimeout = value;
    }

    /// <summary>
    /// With this many idle threads or more, an idle thread is kept for <see cref="MinIdleTimeout"/> only; 2 or more. Default: 32.
    /// </summary>
    public int IdleThreadsAtMinTimeout { get; init; } = 32;

    /// <summary>
    /// After computing this long without giving anything up, while other goroutines wait, a goroutine's processor is handed on to another
    /// thread; 1 ms to 10 s. Default: 10 ms.
    /// </summary>
    public TimeSpan TimeSlice { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How many computing goroutines may run on without a processor at once after theirs was handed on; at most 1,000. With 0, none is
    /// handed on for computing, and a goroutine keeps its processor until it waits or ends. Default: 64.
    /// </summary>
    /// <remarks>
    /// When this many do (64, if the option is larger) and no waiting goroutine has had its turn for ten time slices, further ones get
    /// theirs all the same, on threads of their own: first one, then two, up to 16 every ten time slices, until turns come about by
    /// themselves again. Otherwise goroutines that spin until another has done something could keep that one from running for ever. So the
    /// number of threads of a scheduler with many goroutines that each compute for seconds grows, in the end up to
    /// <see cref="MaxThreads"/>. A program that wants fewer of them at work at the same time starts fewer, in a
    /// <see cref="GoroutineGroup"/> with a limit, for example.
    /// </remarks>
    public int MaxComputingExtra { get; init; } = 64;

    /// <summary>What an exception does that leaves a goroutine nobody can await. Default: it ends the process, as on a thread.</summary>
    public UnhandledExceptionPolicy UnhandledExceptions { get; init; } = UnhandledExceptionPolicy.Fatal;

    /// <summary>
    /// How long <see cref="Scheduler.Dispose"/> and <see cref="Scheduler.DisposeAsync"/> wait for code that does not return, before they
    /// throw a <see cref="DisposeTimeoutException"/> that says which; more than zero, at most one day, or infinite. Default: infinite.
    /// </summary>
    public TimeSpan DisposeTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Whether <see cref="Scheduler.Run(Action, string, int)"/> throws a <see cref="DeadlockException"/> when nothing can ever wake its
    /// main goroutine. Default: <see cref="DeadlockDetection.Sure"/>.
    /// </summary>
    public DeadlockDetection DeadlockDetection { get; init; } = DeadlockDetection.Sure;

    /// <summary>
    /// Whether the flows of a goroutine run side by side. Default: false, a goroutine is one logical thread: of what it has started and
    /// awaits by <see cref="Task.WhenAll(Task[])"/>, one thing runs at a time. With true, what goes on after an await does so in a
    /// goroutine of its own, beside the others; AsyncLocal values, name and labels are those of the one that it belongs to.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It is what code expects that was written for .NET's pool, such as a handler of ASP.NET Core: ten flows that each await something and
    /// then block for 100 ms take 100 ms together, not a second. As there, data that flows share must bear being used by several threads.
    /// </para>
    /// <para>
    /// An await costs a goroutine instead of a turn. <see cref="Go.Current"/> is another goroutine after an await, and a lock of the thread
    /// (<see cref="Go.LockOSThread"/>) holds until the next await at most. <see cref="SchedulerStatistics.GoroutinesStarted"/> counts the
    /// goroutines of flows, too. After the scheduler was disposed, flows go on on .NET's pool, so that they end.
    /// </para>
    /// </remarks>
    public bool ConcurrentFlows { get; init; }

    /// <summary>The system underneath; tests put one here that refuses.</summary>
    internal IThreadPlatform? Platform { get; init; }

    /// <summary><see cref="MaxThreads"/>, with the reason for its value, and the system's limits if it comes from them.</summary>
    internal ThreadAllowance AllowedThreads(IThreadPlatform platform, out IThreadLimits? limits)
    {
        limits = _maxThreads is null ? platform.FindThreadLimits() : null;
        return _maxThreads is int given ? ThreadAllowance.Given(given) : ThreadAllowance.From(limits);
    }

    internal void Validate()
    {
        if (string.IsNullOrEmpty(Name) || Name.Length > 8 || Name.Any(c => c is <= ' ' or > '~'))
        {
            throw new ArgumentException(
                $"{nameof(Name)} must be 1 to 8 printable ASCII characters without spaces, not '{Name}': its threads' names begin with it, "
                + "and Linux keeps 15 characters of a thread's name.",
                nameof(Name));
        }

        Require(MaxProcs >= 1 && MaxProcs <= Scheduler.MaxProcsLimit, MaxProcs, $"1 to {Scheduler.MaxProcsLimit}", nameof(MaxProcs));
        if (_maxThreads is int maxThreads)
            Require(maxThreads is >= ThreadAllowance.Least and <= 1_000_000, maxThreads, "4 to 1,000,000", nameof(MaxThreads));
        Require(
            StackSizeBytes is >= OSThreadOptions.MinStackSizeBytes and <= OSThreadOptions.MaxStackSizeBytes,
            StackSizeBytes,
            "256 KiB to 1 GiB, in bytes",
            nameof(StackSizeBytes));
        Require(
            IdleTimeout > TimeSpan.Zero && IdleTimeout <= TimeSpan.FromDays(1),
            IdleTimeout,
            "more than zero and at most one day",
            nameof(IdleTimeout));
        Require(
            MinIdleTimeout > TimeSpan.Zero && MinIdleTimeout <= IdleTimeout,
            MinIdleTimeout,
            $"more than zero and at most {nameof(IdleTimeout)}",
            nameof(MinIdleTimeout));
        Require(IdleThreadsAtMinTimeout >= 2, IdleThreadsAtMinTimeout, "at least 2", nameof(IdleThreadsAtMinTimeout));
        Require(
            TimeSlice >= TimeSpan.FromMilliseconds(1) && TimeSlice <= TimeSpan.FromSeconds(10),
            TimeSlice,
            "1 ms to 10 s",
            nameof(TimeSlice));
        Require(MaxComputingExtra is >= 0 and <= 1_000, MaxComputingExtra, "0 to 1,000", nameof(MaxComputingExtra));
        Require(
            DisposeTimeout == Timeout.InfiniteTimeSpan || (DisposeTimeout > TimeSpan.Zero && DisposeTimeout <= TimeSpan.FromDays(1)),
            DisposeTimeout,
            "more than zero and at most one day, or infinite",
            nameof(DisposeTimeout));
        if (!Enum.IsDefined(UnhandledExceptions))
        {
            throw new ArgumentException(
                $"{nameof(UnhandledExceptions)} has no policy {(int)UnhandledExceptions}.",
                nameof(UnhandledExceptions));
        }

        if (!Enum.IsDefined(DeadlockDetection))
            throw new ArgumentException($"{nameof(DeadlockDetection)} has no value {(int)DeadlockDetection}.", nameof(DeadlockDetection));
    }

    private static void Require<T>(bool ok, T value, string range, string option)
    {
        if (!ok)
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be {range}.");
    }
}

/// <summary>What an exception does that leaves a goroutine nobody can await.</summary>
public enum UnhandledExceptionPolicy
{
    /// <summary>The process ends with the runtime's report of an unhandled exception.</summary>
    Fatal,

    /// <summary>
    /// <see cref="Scheduler.UnhandledException"/> is raised and the process goes on; without a handler it ends all the same.
    /// </summary>
    Report,
}

/// <summary>
/// What a scheduler does to find out that the main goroutine of a <see cref="Scheduler.Run(Action, string, int)"/> will never end.
/// </summary>
public enum DeadlockDetection
{
    /// <summary>
    /// When everything has slept for a second while somebody waits in Run, one full, blocking collection of .NET's heap finds out what can
    /// still be reached that could wake main; there is no other for the same sleep, and over time they take at most a hundredth of it. If
    /// there is nothing, that is certain: a second one confirms it, and Run throws. If main may merely be asleep for good,
    /// <see cref="Scheduler.DeadlockSuspected"/> is raised.
    /// </summary>
    Sure,

    /// <summary>Nothing: no collection, no exception, no event. Run waits for ever.</summary>
    Off,
}
