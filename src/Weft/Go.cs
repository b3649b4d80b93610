using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// The face of Weft in the style of Go: acts on the scheduler of the calling goroutine, or on <see cref="Scheduler.Default"/> outside
/// goroutines. All members may be used from any thread.
/// </summary>
/// <example>
/// <code>
/// Go.Run(async () =>
/// {
///     Goroutine&lt;int&gt; answer = Go.Start(() => { Thread.Sleep(100); return 42; });
///     Console.WriteLine(await answer);
/// });
/// </code>
/// </example>
public static partial class Go
{
    // What Thread.Sleep takes at most.
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The goroutine that the calling thread runs, or null.</summary>
    public static Goroutine? Current => Machine.CallingGoroutine;

    /// <summary>
    /// Says what the default scheduler (<see cref="Scheduler.Default"/>) is made with: the one that <see cref="Go"/> uses outside
    /// goroutines. For the program, where it starts: once, and before anything else of Weft. A library makes a scheduler of its own
    /// instead.
    /// </summary>
    /// <param name="options">What it may use.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The default scheduler is in use already, or was configured before.</exception>
    /// <example>
    /// <code>
    /// Go.Configure(new SchedulerOptions { MaxThreads = 500, StackSizeBytes = 16 * 1024 * 1024 });
    /// </code>
    /// </example>
    public static void Configure(SchedulerOptions options) => Weft.Scheduler.ConfigureDefault(options);

    private static Scheduler Scheduler => Machine.CallingGoroutine?.Scheduler ?? Scheduler.Default;

    /// <summary>
    /// Lets the other goroutines in the processor's queue run first. Outside a goroutine's own flow it is <see cref="Task.Yield"/>: a turn
    /// of the <see cref="SynchronizationContext"/> or <see cref="TaskScheduler"/> that the caller is on, or of .NET's pool. Inside it
    /// allocates nothing.
    /// </summary>
    /// <returns>To be awaited, at once.</returns>
    public static YieldAwaitable Yield() => default;

    /// <summary>Sleeps without a thread, and goes on where the await began.</summary>
    /// <param name="duration">
    /// How long, at least; <see cref="TimeSpan.MaxValue"/> for ever. Zero or less is a <see cref="Yield"/>, as in Go: a time that was
    /// computed, and is over already, is not slept through. That includes <see cref="Timeout.InfiniteTimeSpan"/>, which is minus one
    /// millisecond. Precision is that of the system's timers, some 50 us.
    /// </param>
    /// <param name="cancellationToken">Ends the sleep with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>To be awaited, once.</returns>
    /// <exception cref="OperationCanceledException">Thrown by the await: cancelled before the time was over.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <example>
    /// <code>
    /// await Go.SleepAsync(TimeSpan.FromMilliseconds(100), cancellationToken);
    /// </code>
    /// </example>
    public static SleepAwaitable SleepAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        new(Scheduler.Engine.Sleep(duration, cancellationToken));

    /// <summary>A channel that gets one value after a time: Go's time.After, for a select. The value is the time it took.</summary>
    /// <param name="duration">How long, at least; zero or less: at once; <see cref="TimeSpan.MaxValue"/>: never.</param>
    /// <remarks>
    /// In a loop, <see cref="Select.Timeout"/> does the same without an allocation. The channel is kept until the time is over, also when
    /// nobody refers to it any more; a <see cref="GoTimer"/> can be stopped before.
    /// </remarks>
    public static IReceiveChan<TimeSpan> After(TimeSpan duration)
    {
        var timer = new AfterTimer();
        if (duration != TimeSpan.MaxValue)
            Scheduler.Engine.AddTimer(timer.Start + MonotonicClock.Nanoseconds(duration), timer);
        return timer.Channel;
    }

    /// <summary>
    /// Blocks the calling goroutine's thread for at least that long; the processor goes on to another thread, as in
    /// <see cref="Blocking(Action)"/>, and so does what is posted to the goroutine.
    /// </summary>
    /// <param name="duration">How long; zero or less: not at all; <see cref="TimeSpan.MaxValue"/> for ever.</param>
    public static void Sleep(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
            return;
        using (new DeclaredCall())
        {
            if (duration == TimeSpan.MaxValue)
                Thread.Sleep(Timeout.Infinite);
            for (TimeSpan left = duration; left > TimeSpan.Zero; left -= s_longestSleep)
                Thread.Sleep(left < s_longestSleep ? left : s_longestSleep);
        }
    }

    /// <summary>
    /// Makes a call that may block: its thread gives the processor up before, so that other goroutines go on at once. Worth it for calls
    /// that block for more than some 50 us; without it the monitor notices, a little later. Outside goroutines it is just the call. Calls
    /// nest.
    /// </summary>
    /// <param name="call">Runs on the calling thread, at once. An exception that leaves it leaves this method.</param>
    /// <remarks>
    /// <para>
    /// For the length of the call the goroutine is as it is in a managed wait: what is posted to it, such as the rest of an async method
    /// that it has started, runs on another thread meanwhile, and the goroutine goes on after the call when none of that runs. So the call
    /// may wait for it by whatever means, also by one of which the runtime tells nobody: on .NET 11 that is <see cref="Thread.Join()"/>.
    /// </para>
    /// <para>
    /// The code of the call is therefore no part of the goroutine's one logical thread. It should do no more than block, and must not touch
    /// without a lock what the goroutine's continuations touch. It may use every operation of Weft; they work as on a thread that runs no
    /// goroutine, but <see cref="Current"/> and the scheduler are the goroutine's. A goroutine that is locked to its thread keeps its run
    /// right: what is posted to it waits until the call returns.
    /// </para>
    /// </remarks>
    /// <example>
    /// <code>
    /// string text = Go.Blocking(() => File.ReadAllText("/etc/hostname"));
    /// </code>
    /// </example>
    public static void Blocking(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        using (new DeclaredCall())
            call();
    }

    /// <returns>What the call returned.</returns>
    /// <inheritdoc cref="Blocking(Action)"/>
    public static TResult Blocking<TResult>(Func<TResult> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        using (new DeclaredCall())
            return call();
    }

    /// <summary>
    /// Ties the calling goroutine to the thread it runs on: it runs there and nowhere else, and the thread runs nothing else, until as many
    /// unlocks. Other goroutines are never run on the thread if the goroutine ends while locked: the thread ends with it, and with it
    /// whatever was changed about it (namespaces, credentials, affinity).
    /// </summary>
    /// <param name="options"><see cref="ThreadPinOptions.KeepThread"/>, or none.</param>
    /// <returns>Undoes this lock when disposed.</returns>
    /// <exception cref="InvalidOperationException">The caller is no goroutine.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has one thread only.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> asks for a fresh thread, which cannot be had without awaiting
    /// it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> has unknown flags.</exception>
    /// <example>
    /// <code>
    /// using (Go.LockOSThread())
    ///     UseThreadLocalLibrary();
    /// </code>
    /// </example>
    public static ThreadPin LockOSThread(ThreadPinOptions options = ThreadPinOptions.None)
    {
        CheckOptions(options);
        if ((options & ThreadPinOptions.Fresh) != 0)
            throw new ArgumentException($"A fresh thread can only be had from {nameof(LockOSThreadAsync)}.", nameof(options));
        return Lock(options, nameof(LockOSThread));
    }

    /// <summary>As <see cref="LockOSThread"/>; with <see cref="ThreadPinOptions.Fresh"/> the goroutine goes on on a new thread.</summary>
    /// <param name="options">What thread it is to be, and what becomes of it.</param>
    /// <returns>Undoes this lock when disposed.</returns>
    /// <exception cref="PlatformNotSupportedException">The platform has one thread only.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> has unknown flags.</exception>
    /// <exception cref="InvalidOperationException">The caller is no goroutine, or it is locked already and a fresh thread is asked
    /// for.</exception>
    /// <exception cref="ThreadLimitException">A fresh thread is asked for and cannot be had.</exception>
    /// <example>
    /// <code>
    /// using (await Go.LockOSThreadAsync(ThreadPinOptions.Fresh))
    ///     UseThreadLocalLibrary(); // on a thread that has run no goroutine before
    /// </code>
    /// </example>
    public static async ValueTask<ThreadPin> LockOSThreadAsync(ThreadPinOptions options = ThreadPinOptions.None)
    {
        CheckOptions(options);
        if ((options & ThreadPinOptions.Fresh) == 0)
            return Lock(options, nameof(LockOSThreadAsync));
        (Machine machine, Goroutine goroutine) = Caller();
        if (goroutine.LockedMachine is not null)
            throw new InvalidOperationException("The goroutine is locked to its thread; it cannot go to a fresh one.");
        if (SynchronizationContext.Current != goroutine)
            throw new InvalidOperationException(
                "Only a goroutine's own flow can go to a fresh thread, "
                + "not code that a TaskScheduler or another SynchronizationContext runs, nor a scheduler with concurrent flows.");
        ReclaimRunRight(machine, goroutine);
        Engine.CheckLockable(machine, goroutine);
        goroutine.Engine.StartFreshMachineFor(goroutine);
        goroutine.Extra.KeepThread = (options & ThreadPinOptions.KeepThread) != 0;
        await Yield();
        return new ThreadPin(goroutine);
    }

    /// <summary>
    /// Undoes one <see cref="LockOSThread"/> of the calling goroutine; does nothing when there is none, or outside goroutines.
    /// </summary>
    public static void UnlockOSThread() => Current?.UnlockFromThread();

    /// <summary>
    /// Ends the calling goroutine, as an exception that its finally blocks see and that nobody reports. It must be let through: in a method
    /// that the body does not await, and to a goroutine that awaits the method's task, it is an exception like others. In the main
    /// goroutine of <see cref="Run(Action, string, int)"/>, the other goroutines go on.
    /// </summary>
    /// <exception cref="InvalidOperationException">The caller is no goroutine.</exception>
    [DoesNotReturn]
    public static void Exit()
    {
        (_, Goroutine goroutine) = Caller();
        throw new GoroutineExitException(goroutine.Root);
    }

    private static ThreadPin Lock(ThreadPinOptions options, string member)
    {
        (Machine machine, Goroutine goroutine) = Caller(member);
        ReclaimRunRight(machine, goroutine);
        Engine.LockThread(machine, goroutine, (options & ThreadPinOptions.KeepThread) != 0);
        return new ThreadPin(goroutine);
    }

    /// <summary>In a declared call: only the holder of the run right changes what the goroutine is locked to.</summary>
    private static void ReclaimRunRight(Machine machine, Goroutine goroutine)
    {
        if (machine.OutOnCall is not null)
            goroutine.Engine.ReclaimRunRight(machine, goroutine);
    }

    private static (Machine Machine, Goroutine Goroutine) Caller([CallerMemberName] string? member = null) =>
        Machine.Calling is { OnStack: { } goroutine } machine
            ? (machine, goroutine)
            : throw new InvalidOperationException(
                $"Go.{member} was called outside goroutines. Call it in a body that Go.Run or Go.Start runs.");

    private static void CheckOptions(ThreadPinOptions options)
    {
        if ((options & ~(ThreadPinOptions.Fresh | ThreadPinOptions.KeepThread)) != 0)
            throw new ArgumentOutOfRangeException(nameof(options), options, $"{nameof(options)} has unknown flags.");
    }
}
