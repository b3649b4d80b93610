using System.Runtime.CompilerServices;
using Weft.Tests.Support;
using Weft.Tests.Sync;
using Weft.Threads;

namespace Weft.Tests.Threads;

/// <summary>What holds for a thread on every platform.</summary>
public abstract partial class OSThreadBehaviour : IDisposable
{
    private protected OSThreadBehaviour(IThreadPlatform platform)
    {
        Platform = new FaultingPlatform(platform);
        Host = new ThreadHost(Platform, OSThreadOptions.DefaultStackSizeBytes);
    }

    private protected FaultingPlatform Platform { get; }

    private protected ThreadHost Host { get; }

    public void Dispose()
    {
        Host.Close();
        GC.SuppressFinalize(this);
        Assert.Equal(0, Host.Stacks.BytesMapped);
        Assert.Equal(Host.Created, Host.Exited);
        Assert.Equal(Host.Created, Host.Reaped);
        Assert.Equal(Host.Created, Platform.Joins);
    }

    [Fact]
    public void Start_Body_RunsOnAnotherThread()
    {
        int id = 0;
        OSThread thread = Start(() => id = Platform.CurrentThreadId());
        thread.Join();
        Assert.NotEqual(0, id);
        Assert.NotEqual(Platform.CurrentThreadId(), id);
        Assert.Equal(id, thread.NativeId);
    }

    [Fact]
    public void Start_Body_IsABackgroundThreadOfDotNet()
    {
        bool? background = null;
        Start(() => background = Thread.CurrentThread.IsBackground).Join();
        Assert.True(background);
    }

    [Fact]
    public void State_ThroughLife_MovesForward()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = Start(mayEnd.Wait);
        Eventually.True(() => thread.State == OSThreadState.Running, "running");
        Assert.False(thread.TryReap());
        Assert.Equal(ThreadExitState.None, thread.ExitState);
        mayEnd.Set();
        Eventually.True(() => thread.State == OSThreadState.Exited, "exited");
        Eventually.True(thread.TryReap, "reaped");
        Assert.Equal(OSThreadState.Reaped, thread.State);
        Assert.Equal(Platform.OwnsStacks ? ThreadExitState.Stack : ThreadExitState.Ref, thread.ExitState);
        thread.Join();
    }

    [Fact]
    public void Join_ThreadInterrupted_WaitsForTheEndAndTheInterruptMeetsTheNextWait()
    {
        int mayEnd = 0;
        OSThread thread = Start(() =>
        {
            while (Volatile.Read(ref mayEnd) == 0)
                Thread.Yield();
        });
        int isJoining = 0;
        OSThreadState? joined = null;
        Thread joiner = InterruptTests.Interrupted(
            () =>
            {
                Volatile.Write(ref isJoining, 1);
                thread.Join();
                joined = thread.State;
                Thread.Sleep(Timeout.Infinite);
            },
            out Func<bool> wasInterrupted);
        Eventually.True(() => Volatile.Read(ref isJoining) == 1, "joining");
        Volatile.Write(ref mayEnd, 1);
        InterruptTests.Join(joiner);
        Assert.Equal(OSThreadState.Reaped, joined);
        Assert.True(wasInterrupted());
    }

    [Fact]
    public void Join_BySelf_Throws()
    {
        OSThread? self = null;
        using var known = new ManualResetEventSlim();
        Exception? thrown = null;
        self = Start(() =>
        {
            known.Wait();
            thrown = Record.Exception(self!.Join);
        });
        known.Set();
        self.Join();
        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void Join_FromManyThreads_JoinsOnce()
    {
        for (int round = 0; round < 20; round++)
        {
            int joinsBefore = Platform.Joins;
            using var mayEnd = new ManualResetEventSlim();
            OSThread thread = Start(mayEnd.Wait);
            Thread[] joiners = [.. Enumerable.Range(0, 8)
                .Select(i => new Thread(i % 2 == 0 ? thread.Join : () => Eventually.True(thread.TryReap, "reaped")))];
            foreach (Thread joiner in joiners)
                joiner.Start();
            mayEnd.Set();
            Host.Reaper.Reap();
            foreach (Thread joiner in joiners)
                Assert.True(joiner.Join(TimeSpan.FromSeconds(20)), "A joiner hangs.");
            Assert.Equal(OSThreadState.Reaped, thread.State);
            Assert.Equal(joinsBefore + 1, Platform.Joins);
        }
    }

    [Fact]
    public void Start_NeverJoined_IsReapedByLaterStarts()
    {
        for (int i = 0; i < 50; i++)
            Start(() => { });
        Eventually.True(() => Host.Exited == 50, "all exited");
        Eventually.True(
            () =>
            {
                Start(() => { }).Join();
                return Host.Created == Host.Reaped;
            },
            "nothing left to reap");
    }

    [Fact]
    public void Exit_OfAnotherThread_ReapsTheOneBefore()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread late = Start(mayEnd.Wait);
        OSThread early = Start(() => { });
        Eventually.True(() => early.State == OSThreadState.Exited && Host.Reaper.Count == 1, "exited and listed");
        Thread.Sleep(50);
        mayEnd.Set();
        late.Join();
        Assert.Equal(OSThreadState.Reaped, early.State);
    }

    [Fact]
    public void JoinAll_OfExitingThreads_FreesThemAll()
    {
        OSThread[] threads = [.. Enumerable.Range(0, 40).Select(_ => Start(() => Thread.Sleep(5)))];
        Eventually.True(() => Host.Exited == threads.Length && Host.Reaper.Count + Host.Reaped == threads.Length, "all listed or freed");
        Host.Reaper.JoinAll();
        Assert.All(threads, thread => Assert.Equal(OSThreadState.Reaped, thread.State));
    }

    [Fact]
    public void Add_BeforeTheExit_IsReapedOnce()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = Start(mayEnd.Wait);
        Host.Reaper.Add(thread);
        Host.Reaper.Add(thread);
        Assert.Equal(1, Host.Reaper.Count);
        Assert.Equal(0, Host.Reaper.Reap());
        mayEnd.Set();
        Eventually.True(() => Host.Reaper.Reap() == 1, "reaped");
    }

    [Fact]
    public void OSThread_AfterReap_IsCollectable()
    {
        WeakReference[] joined = [.. Enumerable.Range(0, 20).Select(_ => StartAndFree(byJoin: true))];
        WeakReference[] reaped = [.. Enumerable.Range(0, 20).Select(_ => StartAndFree(byJoin: false))];
        Eventually.True(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !joined.Concat(reaped).Any(reference => reference.IsAlive);
            },
            "all collected");
    }

    [Fact]
    public void OSThread_WhileRunning_IsNotCollected()
    {
        using var mayEnd = new ManualResetEventSlim();
        WeakReference reference = StartOnly(mayEnd);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(reference.IsAlive);
        mayEnd.Set();
        Eventually.True(() => Host.Reaper.Reap() == 1, "reaped");
    }

    [Fact]
    public void TryStart_Refused_GivesTheErrorAndLeaksNothing()
    {
        Platform.CreateRefusals = 1;
        int error = OSThread.TryStart(Host, new NoBody(), "refused", OSThreadOptions.DefaultStackSizeBytes, out OSThread? thread);
        Assert.Equal(Platform.CreateError, error);
        Assert.Null(thread);
        Assert.Equal(0, Host.Created);
        Assert.Equal(1, Host.Refused);
        Assert.Equal(0, Host.Stacks.Rented);
    }

    [Fact]
    public void TryStart_OfABody_RunsIt()
    {
        var body = new NoBody();
        Assert.Equal(0, OSThread.TryStart(Host, body, "body", OSThreadOptions.DefaultStackSizeBytes, out OSThread? thread));
        thread!.Join();
        Assert.True(body.HasRun);
    }

    [Fact]
    public void Start_RefusedForAWhile_TriesAgain()
    {
        Platform.CreateRefusals = 3;
        Start(() => { }).Join();
        Assert.Equal(3, Host.Refused);
        Assert.Equal(1, Host.Created);
    }

    [Fact]
    public void Start_RefusedForLong_ThrowsWithTheErrorNumber()
    {
        Platform.CreateRefusals = int.MaxValue;
        var exception = Assert.Throws<OSThreadStartException>(() => Start(() => { }));
        Assert.Equal(Platform.CreateError, exception.ErrorNumber);
        Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WhileCollecting_LosesNothing()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            // A pause in between: back to back they leave no room for a thread to come or go.
            while (!stop.Token.WaitHandle.WaitOne(1))
                GC.Collect(0);
        });
        collector.Start();
        int ran = 0;
        for (int i = 0; i < 300; i++)
        {
            OSThread thread = Start(() => ran += new object().GetHashCode() == 0 ? 0 : 1);
            if (i % 2 == 0)
                thread.Join();
            else
                Eventually.True(thread.TryReap, "reaped");
        }

        stop.Cancel();
        collector.Join();
        Assert.InRange(ran, 299, 300);
    }

    private protected OSThread Start(Action body, string? name = null, int? stackSize = null) =>
        OSThread.Start(Host, body, name, stackSize ?? OSThreadOptions.DefaultStackSizeBytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference StartAndFree(bool byJoin)
    {
        OSThread thread = Start(() => { });
        if (byJoin)
            thread.Join();
        else
            Eventually.True(() => Host.Reaper.Reap() == 1, "reaped");
        return new WeakReference(thread);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference StartOnly(ManualResetEventSlim mayEnd) => new(Start(mayEnd.Wait));

    private sealed class NoBody : IThreadBody
    {
        internal bool HasRun { get; private set; }

        public void Run() => HasRun = true;
    }
}
