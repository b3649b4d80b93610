using System.Runtime.InteropServices;
using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>
/// The numbers of the systems that are not run here, against what their headers and manual pages document. They are written out a second
/// time, so that a slip of the pen in either place shows.
/// </summary>
[ReleaseIsEnough]
public sealed unsafe class PosixSystemTests
{
    // What the headers say, and what the platform says.
    private static readonly Dictionary<string, (PosixSystem Documented, PosixSystem Known)> s_systems = new()
    {
        // sys/errno.h, time.h, and MAXTHREADNAMESIZE of sys/proc_info.h.
        [nameof(MacThreadPlatform)] = (new PosixSystem("macos", 35, 6, 64 - 1), MacThreadPlatform.System),

        // sys/errno.h, sys/time.h, and MAXCOMLEN of sys/param.h.
        [nameof(FreeBsdThreadPlatform)] = (new PosixSystem("freebsd", 35, 4, 19), FreeBsdThreadPlatform.System),

        // sys/errno.h, sys/time.h, and PTHREAD_MAX_NAMELEN_NP of pthread.h.
        [nameof(NetBsdThreadPlatform)] = (new PosixSystem("netbsd", 35, 3, 32 - 1), NetBsdThreadPlatform.System),

        // sys/errno.h, sys/_time.h, and _MAXCOMLEN of sys/syslimits.h.
        [nameof(OpenBsdThreadPlatform)] = (new PosixSystem("openbsd", 35, 3, 24 - 1), OpenBsdThreadPlatform.System),

        // sys/errno.h, sys/time_impl.h (CLOCK_MONOTONIC is CLOCK_HIGHRES), and PTHREAD_MAX_NAMELEN_NP of pthread.h.
        [nameof(IllumosThreadPlatform)] = (new PosixSystem("illumos", 11, 4, 32 - 1), IllumosThreadPlatform.System),
    };

    public static TheoryData<string> Systems =>
        [.. typeof(PosixThreadPlatform).Assembly.GetTypes().Where(IsSystem).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Systems))]
    public void System_EachThatThereIs_HasTheDocumentedNumbers(string platform)
    {
        Assert.True(s_systems.ContainsKey(platform), $"Compare the numbers of {platform} with its headers here.");
        (PosixSystem documented, PosixSystem known) = s_systems[platform];
        Assert.Equal(documented, known);
    }

    [Theory]
    [InlineData("macos pthread_attr_t", 8 + 56)]
    [InlineData("macos pthread_mutex_t", 8 + 56)]
    [InlineData("macos pthread_cond_t", 8 + 40)]
    [InlineData("freebsd, openbsd: a pointer each", 8)]
    [InlineData("netbsd pthread_attr_t", 4 + 4 + 8)]
    [InlineData("netbsd pthread_mutex_t", 48)]
    [InlineData("netbsd pthread_cond_t", 40)]
    [InlineData("illumos pthread_attr_t", 8)]
    [InlineData("illumos pthread_mutex_t", 24)]
    [InlineData("illumos pthread_cond_t", 16)]
    [InlineData("glibc pthread_attr_t", 56)]
    [InlineData("glibc pthread_mutex_t", 40)]
    [InlineData("glibc pthread_cond_t", 48)]
    public void ObjectSize_HasRoomForEverySystemsObjects(string what, int bytes) =>
        Assert.True(bytes <= PosixLibrary.ObjectSize, $"{what} has {bytes} bytes.");

    [Fact]
    public void Timespec_IsTwo64BitNumbers()
    {
        Assert.Equal(16, sizeof(PosixTimespec));
        PosixTimespec time = PosixTimespec.FromNanoseconds(3_000_000_007);
        Assert.Equal(3, time.Seconds);
        Assert.Equal(7, time.Nanoseconds);
    }

    [Fact]
    public void ThreadBasicInfo_IsAsMachThreadInfoDocuments()
    {
        // mach/thread_info.h: user_time, system_time (8 bytes each), cpu_usage, policy, run_state, flags, suspend_count, sleep_time.
        Assert.Equal(40, sizeof(MacThreadPlatform.ThreadBasicInfo));
        Assert.Equal(24, (int)Marshal.OffsetOf<MacThreadPlatform.ThreadBasicInfo>(nameof(MacThreadPlatform.ThreadBasicInfo.RunState)));
        Assert.Equal(MacThreadPlatform.THREAD_BASIC_INFO_COUNT * sizeof(int), sizeof(MacThreadPlatform.ThreadBasicInfo));
        Assert.Equal(3, MacThreadPlatform.THREAD_BASIC_INFO);
    }

    [Fact]
    public void MacRunState_MeansWhatMachDocuments()
    {
        (int RunState, ThreadActivity Activity)[] documented =
        [
            (0, ThreadActivity.Unknown),
            (1, ThreadActivity.Running),
            (2, ThreadActivity.Blocked),
            (3, ThreadActivity.Blocked),
            (4, ThreadActivity.Blocked),
            (5, ThreadActivity.Gone),
        ];
        Assert.All(documented, state => Assert.Equal(state.Activity, MacThreadPlatform.Translate(state.RunState)));
    }

    private static bool IsSystem(Type type) => type is { IsAbstract: false } && type.IsAssignableTo(typeof(PosixThreadPlatform));
}
