using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Weft.Threads.Platforms.WindowsNative;

namespace Weft.Threads.Platforms;

/// <summary>
/// Windows: threads of CreateThread on stacks that the system reserves and frees; waiting on a thread's handle is the join, and closing
/// it ends the thread's object. Parking is WaitOnAddress.
/// </summary>
internal sealed unsafe class WindowsThreadPlatform : IThreadPlatform
{
    // The clock interrupt, every 15.6 ms at the slowest, is what charges a thread that just runs on: shorter looks prove nothing.
    private const long ClockInterval = 16;

    // A wait of a millisecond takes up to a clock interval. Below this a timer of high resolution (0.5 ms) takes over, which nobody can
    // wake early: a bound on how late a wake-up may be noticed.
    private const long PreciseBelowNanoseconds = 2_000_000;

    // How often an exiting thread asks whether its I/O is done. It also wakes for each completion routine.
    private const uint PendingPollMilliseconds = 10;

    // Of the process: a thread that starts knows its object, not what its creator wrapped the platform in.
    private static readonly ThreadProgress s_progress = new(new WindowsThreadPlatform(), ClockInterval);

    // One timer for the next short wait, or 0. Taken and put back by exchange; in practice the monitor is the only one to nap.
    private nint _timer;

    private volatile bool _noTimers;
    private volatile bool _noDescriptions;
    private volatile bool _noCycles;

    internal static bool IsSupported => OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad(Synch, out nint library)
        && NativeLibrary.TryGetExport(library, nameof(WaitOnAddress), out _);

    public string Name => "windows";

    public int TryAgain => ERROR_NOT_ENOUGH_MEMORY;

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        uint id;
        handle = CreateThread(null, size, &Start, thread.Root, STACK_SIZE_PARAM_IS_A_RESERVATION, &id);
        if (handle != 0)
            return 0;

        // All of these are a want of memory that may pass; the caller knows one number for it.
        int error = Marshal.GetLastSystemError();
        return error is ERROR_OUTOFMEMORY or ERROR_NO_SYSTEM_RESOURCES or ERROR_COMMITMENT_LIMIT ? ERROR_NOT_ENOUGH_MEMORY : error;
    }

    public bool TryJoin(nint handle) => Join(handle, 0);

    public void Join(nint handle)
    {
        if (!Join(handle, INFINITE))
            throw new InvalidOperationException(
                $"Waiting for a thread failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastSystemError())}");
    }

    public int CurrentThreadId() => (int)GetCurrentThreadId();

    public void NameCurrentThread(string name)
    {
        if (_noDescriptions)
            return;
        try
        {
            fixed (char* text = name)
                _ = SetThreadDescription(GetCurrentThread(), text);
        }
        catch (EntryPointNotFoundException)
        {
            _noDescriptions = true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A managed wait or sleep is seen at once. For a thread in another blocking call two looks are compared, at least a clock interval
    /// apart: until then it counts as running. Threads made elsewhere are unknown here, and count as gone.
    /// </remarks>
    public ThreadActivity GetActivity(int threadId)
    {
        ThreadActivity known = s_progress.Ask(threadId, out _);
        if (known != ThreadActivity.Unknown)
            return known;
        nint thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, 0, (uint)threadId);
        if (thread == 0)
            return Marshal.GetLastSystemError() == ERROR_INVALID_PARAMETER ? ThreadActivity.Gone : ThreadActivity.Unknown;
        ThreadActivity activity = TryGetCpuTime(thread, out ulong cpuTime) ? s_progress.Note(threadId, cpuTime) : ThreadActivity.Unknown;
        _ = CloseHandle(thread);
        return activity;
    }

    /// <inheritdoc/>
    /// <remarks>A short wait is one for a timer.</remarks>
    public bool CanWakeNaps => false;

    public void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        const long NanosecondsPerMillisecond = 1_000_000;
        if (timeoutNanoseconds is >= 0 and < PreciseBelowNanoseconds && !_noTimers)
        {
            if (Volatile.Read(ref *word) == expected && timeoutNanoseconds > 0)
                Nap(timeoutNanoseconds);
            return;
        }

        // Rounded up: a wait that ends too early is begun again by the caller, over and over for the last part of a millisecond.
        uint milliseconds = timeoutNanoseconds < 0
            ? INFINITE
            : (uint)Math.Min((timeoutNanoseconds + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond, INFINITE - 1);
        _ = WaitOnAddress(word, &expected, sizeof(int), milliseconds);
    }

    public void Wake(int* word, int count)
    {
        if (count == 1)
            WakeByAddressSingle(word);
        else
            WakeByAddressAll(word);
    }

    public void Yield() => _ = SwitchToThread();

    private static bool Join(nint handle, uint milliseconds)
    {
        if (WaitForSingleObject(handle, milliseconds) != WAIT_OBJECT_0)
            return false;
        _ = CloseHandle(handle);
        return true;
    }

    private bool TryGetCpuTime(nint thread, out ulong cpuTime)
    {
        ulong cycles;
        if (!_noCycles && QueryThreadCycleTime(thread, &cycles) != 0)
        {
            cpuTime = cycles;
            return true;
        }

        _noCycles = true;
        ulong created, exited, kernel, user;
        bool known = GetThreadTimes(thread, &created, &exited, &kernel, &user) != 0;
        cpuTime = known ? kernel + user : 0;
        return known;
    }

    private void Nap(long nanoseconds)
    {
        nint timer = Interlocked.Exchange(ref _timer, 0);
        if (timer == 0)
        {
            const uint Flags = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
            timer = CreateWaitableTimerExW(null, null, Flags, TIMER_ALL_ACCESS);
            if (timer == 0)
            {
                _noTimers = true;
                return;
            }
        }

        const long NanosecondsPerUnit = 100;
        long due = -Math.Max(nanoseconds / NanosecondsPerUnit, 1);
        if (SetWaitableTimer(timer, &due, 0, null, null, 0) != 0)
            _ = WaitForSingleObject(timer, INFINITE);
        nint other = Interlocked.Exchange(ref _timer, timer);
        if (other != 0)
            _ = CloseHandle(other);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static uint Start(nint argument)
    {
        int id = (int)GetCurrentThreadId();
        s_progress.Add(id, 0);
        OSThread.RunRooted(argument);
        s_progress.Remove(id);
        WaitForPendingIO();
        return 0;
    }

    /// <summary>
    /// Windows cancels what a thread has begun and not finished when the thread exits: overlapped I/O on handles without a completion
    /// port, as native code begins it (.NET's own has a port). So the thread stays until that is done, as those of .NET's pool do.
    /// Alertable, because completion routines run on this thread or never. Nothing of Weft is held meanwhile; who joins waits.
    /// </summary>
    private static void WaitForPendingIO()
    {
        int isPending;
        while (GetThreadIOPendingFlag(GetCurrentThread(), &isPending) != 0 && isPending != 0)
            _ = SleepEx(PendingPollMilliseconds, 1);
    }
}
