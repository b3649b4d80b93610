using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

/// <content>A thread between its body and its end.</content>
public abstract partial class OSThreadBehaviour
{
    [Fact]
    public void ExitState_InTheExitCode_IsWait()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread late = Start(mayEnd.Wait);
        OSThread early = Start(() => { });
        Eventually.True(() => early.State == OSThreadState.Exited && Host.Reaper.Count == 1, "exited and listed");

        // The one that exits looks whether the one before is gone.
        (OSThreadState State, ThreadExitState ExitState)? seen = null;
        Platform.Joining = () =>
        {
            if (Platform.CurrentThreadId() == late.NativeId)
                seen = (late.State, late.ExitState);
        };
        mayEnd.Set();
        late.Join();
        Platform.Joining = null;
        // Not Assert.Equal, which compares tuples by reflection that NativeAOT has no code for.
        Assert.True(seen == (OSThreadState.Exited, ThreadExitState.Wait), $"{seen}");
    }
}
