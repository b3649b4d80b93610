using System.Diagnostics;
using System.Globalization;
using Weft.Threads;

namespace Weft.Tests.Threads;

public sealed class DefaultStackSizeTests
{
    [Theory]
    [InlineData(8 * 1024 * 1024, 8 * 1024 * 1024)]
    [InlineData(64 * 1024 * 1024, 64 * 1024 * 1024)]
    [InlineData(128 * 1024, DefaultStackSize.Floor)]
    [InlineData(0, DefaultStackSize.Floor)]
    [InlineData(long.MaxValue, OSThreadOptions.MaxStackSizeBytes)]
    public void Choose_NoSettings_IsTheSystemsWithinBounds(long ofSystem, int expected)
    {
        Assert.SkipUnless(Environment.Is64BitProcess, "A 32-bit process has 1 MiB, whatever the system says.");
        Assert.Equal(expected, DefaultStackSize.Choose(null, null, (nuint)ofSystem));
    }

    [Theory]
    [InlineData("400000", null, 4 * 1024 * 1024)]
    [InlineData("0x400000", null, 4 * 1024 * 1024)]
    [InlineData(null, "4194304", 4 * 1024 * 1024)]
    [InlineData(null, "0x400000", 4 * 1024 * 1024)]
    [InlineData("400000", "1048576", 4 * 1024 * 1024)]
    [InlineData("1", null, OSThreadOptions.MinStackSizeBytes)]
    [InlineData("FFFFFFFFFF", null, OSThreadOptions.MaxStackSizeBytes)]
    public void Choose_ASettingOfDotNets_IsThat(string? variable, string? property, int expected) =>
        Assert.Equal(expected, DefaultStackSize.Choose(variable, property, 8 * 1024 * 1024));

    [Theory]
    [InlineData("")]
    [InlineData("big")]
    [InlineData("0")]
    public void Choose_ASettingThatIsNoSize_IsAsWithoutIt(string setting) =>
        Assert.Equal(DefaultStackSize.Choose(null, null, 8 * 1024 * 1024), DefaultStackSize.Choose(setting, setting, 8 * 1024 * 1024));

    [Theory]
    [InlineData("8192")]
    [InlineData("4096")]
    [InlineData("unlimited")]
    [InlineData("600")]
    public async Task Value_UnderAnyLimit_IsNoLessThanWhatThreadsOfThePoolHave(string limit)
    {
        long[] sizes = await RunUnderAsync($"ulimit -S -s {limit}");
        Assert.Equal(Math.Max(sizes[1], DefaultStackSize.Floor / 1024), sizes[0]);
        Assert.InRange(sizes[2], sizes[0], sizes[0] + 128); // what a goroutine's thread has
    }

    [Fact]
    public async Task Value_WithDotNetsSetting_IsWhatThreadsOfThePoolHave()
    {
        long[] sizes = await RunUnderAsync("export DOTNET_Thread_DefaultStackSize=1000000");
        Assert.Equal([16 * 1024, 16 * 1024], sizes[..2]);
    }

    // Default of Weft, a thread of the pool, a goroutine's thread; in KiB.
    private static async Task<long[]> RunUnderAsync(string shell)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/sh"), "Needs a shell and pthread_getattr_np.");
        string dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"{shell} && exec '{dotnet}' '{Path.Combine(AppContext.BaseDirectory, "Weft.TestChild.dll")}' default-stack");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return [.. (await output).Split(' ').Select(size => long.Parse(size, CultureInfo.InvariantCulture))];
    }
}
