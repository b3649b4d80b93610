using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>Threads on stacks of our own, as Linux shows them.</summary>
public sealed class LinuxThreadPlatformTests : OSThreadBehaviour
{
    public LinuxThreadPlatformTests()
        : base(LinuxThreadPlatform.IsSupported ? new LinuxThreadPlatform() : new ManagedThreadPlatform()) =>
        Assert.SkipUnless(LinuxThreadPlatform.IsSupported, "This is not Linux.");

    [Theory]
    [InlineData("weft-named", "weft-named")]
    [InlineData("a-name-longer-than-linux-keeps", "a-name-longer-t")]
    [InlineData("fünfzehnbytesöx", "fünfzehnbytes")]
    public void Start_WithName_ShowsInProc(string name, string shown)
    {
        string? comm = null;
        Start(() => comm = File.ReadAllText($"/proc/self/task/{Platform.CurrentThreadId()}/comm").TrimEnd(), name).Join();
        Assert.Equal(shown, comm);
    }

    [Fact]
    public void Join_Returned_TheThreadLeavesProc()
    {
        bool seen = false;
        OSThread thread = Start(() => seen = Directory.Exists($"/proc/self/task/{Platform.CurrentThreadId()}"));
        thread.Join();
        Assert.True(seen);
        Eventually.True(() => !Directory.Exists($"/proc/self/task/{thread.NativeId}"), "no such task");
    }

    [Theory]
    [InlineData(OSThreadOptions.MinStackSizeBytes)]
    [InlineData(DefaultStackSize.Floor)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(3_000_000)]
    public void Start_AnySize_RunsOnAStackOfThatSizeAboveAGuardPage(int size)
    {
        using var mayEnd = new ManualResetEventSlim();
        nint local = 0;
        OSThread thread = Start(
            () =>
            {
                int onStack = 0;
                local = AddressOf(ref onStack);
                mayEnd.Wait();
            },
            stackSize: size);
        try
        {
            Eventually.True(() => Volatile.Read(ref local) != 0, "running");
            StackRegion stack = thread.Stack;
            nuint most = (nuint)size + Platform.StackReserve;
            Assert.InRange(stack.Size, most, most + (128 * 1024));
            Assert.InRange(local, stack.Base, stack.Base + (nint)(stack.Size - Platform.StackReserve));

            MemoryMap usable = MemoryMap.Find(stack.Base)!;
            Assert.Equal("rw-p", usable.Permissions);
            Assert.Equal(stack.Base, usable.Start);
            Assert.True(usable.End >= stack.Base + (nint)stack.Size);
            MemoryMap guard = MemoryMap.Find(stack.Base - 1)!;
            Assert.Equal("---p", guard.Permissions);
            Assert.Equal(stack.Base, guard.End);
            Assert.True(guard.Start <= stack.MappingBase);
        }
        finally
        {
            mayEnd.Set();
            thread.Join();
        }
    }

    [Fact]
    public void Start_Stack_IsKeptFromHugePages()
    {
        Assert.SkipUnless(Directory.Exists("/sys/kernel/mm/transparent_hugepage"), "This kernel has no huge pages.");
        Assert.SkipUnless(Native.CanAdvise(), "The emulator keeps advice about memory from the kernel.");
        string[] flags = [];
        Start(() =>
        {
            int onStack = 0;
            flags = MemoryMap.Flags(MemoryMap.Find(AddressOf(ref onStack))!);
        }).Join();
        Assert.Contains("nh", flags);
    }

    [Fact]
    public void Start_Stack_IsNamedWhereTheKernelCan()
    {
        Assert.SkipUnless(Native.CanNameMappings(), "This kernel was built without names for mappings (CONFIG_ANON_VMA_NAME).");
        string? name = null;
        Start(() =>
        {
            int onStack = 0;
            name = MemoryMap.Find(AddressOf(ref onStack))!.Name;
        }).Join();
        Assert.Equal("[anon:weft-stack]", name);
    }

    [Fact]
    public void Start_SmallestStack_IsEnoughForGuardedRecursion()
    {
        bool enough = false;
        Start(() => enough = RuntimeHelpers.TryEnsureSufficientExecutionStack(), stackSize: OSThreadOptions.MinStackSizeBytes).Join();
        Assert.True(enough);
    }

    [Fact]
    public void Body_NullReference_IsCaughtAsAnywhere()
    {
        Exception? thrown = null;
        Start(() => thrown = Record.Exception(() => NoString()!.Length)).Join();
        Assert.IsType<NullReferenceException>(thrown);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string? NoString() => null;
    }

    [Fact]
    public void Body_WithASignalStackOfOurs_HasThatOne()
    {
        Assert.SkipUnless(Platform.StackReserve != 0, "Signal stacks are left to the runtime here.");
        (nint Base, nint Size) found = default;
        OSThread? self = null;
        using var known = new ManualResetEventSlim();
        self = Start(() =>
        {
            known.Wait(TestContext.Current.CancellationToken);
            StackRegion stack = self!.Stack;
            (nint signalStack, nint size) = SignalStack.OfCurrentThread();
            found = (signalStack - stack.Base, size);
        });
        nint stackSize = (nint)self.Stack.Size;
        known.Set();
        self.Join();
        Assert.InRange(found.Size, 16 * 1024, (nint)Platform.StackReserve);
        Assert.Equal(stackSize - found.Size, found.Base);
    }

    [Fact]
    public void Start_MappingRefused_ThrowsAndLeaksNothing()
    {
        Platform.MapRefusals = int.MaxValue;
        var exception = Assert.Throws<OSThreadStartException>(() => Start(() => { }));
        Assert.Equal(FaultingPlatform.ENOMEM, exception.ErrorNumber);
        Assert.Equal(0, Host.Stacks.BytesMapped);
        Assert.Equal(0, Host.Created);
    }

    [Fact]
    public void Start_GuardRefused_ThrowsAndLeaksNothing()
    {
        Platform.ProtectRefusals = int.MaxValue;
        var exception = Assert.Throws<OSThreadStartException>(() => Start(() => { }));
        Assert.Equal(FaultingPlatform.ENOMEM, exception.ErrorNumber);
        Assert.Equal(0, Host.Stacks.BytesMapped);
    }

    [Fact]
    public void GetActivity_TellsBlockedFromRunningFromGone()
    {
        int stop = 0;
        using var mayEnd = new ManualResetEventSlim();
        OSThread computing = Start(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                Thread.SpinWait(100);
        });
        OSThread sleeping = Start(mayEnd.Wait, "a) R (b");
        Eventually.True(() => Platform.GetActivity(sleeping.NativeId) == ThreadActivity.Blocked, "blocked");
        Eventually.True(() => Platform.GetActivity(computing.NativeId) == ThreadActivity.Running, "running");
        Volatile.Write(ref stop, 1);
        mayEnd.Set();
        computing.Join();
        sleeping.Join();
        Eventually.True(() => Platform.GetActivity(sleeping.NativeId) == ThreadActivity.Gone, "gone");
    }

    [Fact]
    public void GetActivityByCpuTime_TellsBlockedFromRunningFromGone()
    {
        var platform = new LinuxThreadPlatform();
        using var stop = new Gate();
        using var mayEnd = new ManualResetEventSlim();
        OSThread computing = Start(() =>
        {
            while (!stop.IsOpen)
                Thread.SpinWait(100);
        });
        OSThread sleeping = Start(mayEnd.Wait);
        Eventually.True(() => platform.GetActivityByCpuTime(sleeping.NativeId) == ThreadActivity.Blocked, "blocked");
        Eventually.True(() => platform.GetActivityByCpuTime(computing.NativeId) == ThreadActivity.Running, "running");
        stop.Open();
        mayEnd.Set();
        computing.Join();
        sleeping.Join();
        Eventually.True(() => platform.GetActivityByCpuTime(sleeping.NativeId) == ThreadActivity.Gone, "gone");
    }

    [Fact]
    public void GetActivity_OfAThreadOfAnotherProcess_IsGone() =>
        Assert.Equal(ThreadActivity.Gone, new LinuxThreadPlatform().GetActivity(ParentProcessId()));

    [Fact]
    public void ShownId_WhereProcShowsOwnIds_IsTheThreadsOwn()
    {
        Assert.SkipUnless(LinuxProc.ShowsOwnIds() == true, "/proc is missing here, or that of another pid namespace.");
        Start(() =>
        {
            int id = Platform.CurrentThreadId();
            Assert.Equal(id, LinuxProc.ShownIdOfCaller());
            Assert.Equal(id, LinuxProcIds.IdOf(id));
        }).Join();
    }

    [Fact]
    public unsafe void Wait_ReturnsWhenTheWordDiffersOrTheTimeIsUp()
    {
        int word = 1;
        Platform.Wait(&word, 0, -1);
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMilliseconds(20))
            Platform.Wait(&word, 1, 5_000_000);
    }

    private static int ParentProcessId() => int.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..],
        System.Globalization.CultureInfo.InvariantCulture);

    private static unsafe nint AddressOf(ref int local) => (nint)Unsafe.AsPointer(ref local);
}
