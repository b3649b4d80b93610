using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Docs;

/// <summary>Each platform has a row in the documents.</summary>
[ReleaseIsEnough]
public sealed class PlatformTests
{
    /// <summary>
    /// A new platform fails here until docs/platforms.md has its row. The numbers of a POSIX system are compared in PosixSystemTests.
    /// </summary>
    [Fact]
    public void Systems_EachThatThereIs_IsKnownAndDocumented()
    {
        Dictionary<string, string> rows = new()
        {
            [nameof(LinuxThreadPlatform)] = "linux",
            [nameof(WindowsThreadPlatform)] = "windows",
            [nameof(SingleThreadPlatform)] = "browser, WASI",
            [nameof(ManagedThreadPlatform)] = "android, and whatever is not named",
            [nameof(MacThreadPlatform)] = "darwin",
            [nameof(FreeBsdThreadPlatform)] = "freebsd",
            [nameof(NetBsdThreadPlatform)] = "netbsd",
            [nameof(OpenBsdThreadPlatform)] = "openbsd",
            [nameof(IllumosThreadPlatform)] = "solaris (illumos)",
        };
        string[] systems = [.. typeof(IThreadPlatform).Assembly.GetTypes().Where(IsSystem).Select(type => type.Name)];
        Assert.Equal(rows.Keys.Order(), systems.Order());
        if (Repository.Documents.Length == 0)
            return; // the tests run on a machine without their source
        string[] documented = Repository.Lines("docs/platforms.md");
        Assert.All<string>(
            rows.Values,
            row => Assert.Contains(documented, line => line.StartsWith($"| {row}", StringComparison.Ordinal)));

        static bool IsSystem(Type type) => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IThreadPlatform));
    }
}
