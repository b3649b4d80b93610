using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Weft.AspNetCore.Tests.Hosting;

/// <summary>A scheduler lives as long as its host.</summary>
public sealed class WeftHostTests
{
    public static TheoryData<string, Action<WeftOptions>> BadOptions => new()
    {
        { nameof(WeftOptions.Name), static options => options.Name = "much too long" },
        { nameof(WeftOptions.MaxProcs), static options => options.MaxProcs = 0 },
        { nameof(WeftOptions.MaxThreads), static options => options.MaxThreads = 3 },
        { nameof(WeftOptions.StackSizeBytes), static options => options.StackSizeBytes = 1 },
        { nameof(WeftOptions.IdleTimeout), static options => options.IdleTimeout = TimeSpan.Zero },
        { nameof(WeftOptions.DisposeTimeout), static options => options.DisposeTimeout = TimeSpan.Zero },
        { "MaxThreads", static options => options.ThreadPoolGuard = new ThreadPoolGuardOptions { MaxThreads = 0 } },
        { nameof(WeftOptions.UnhandledExceptions), static options => options.UnhandledExceptions = (UnhandledExceptionPolicy)7 },
    };

    [Theory]
    [InlineData(null)]
    [InlineData(77)]
    public async Task Options_WithOrWithoutMaxThreads_AreTheSchedulers(int? threads)
    {
        await using TestApp app = await TestApp.StartAsync(static _ => { }, weft: options => options.MaxThreads = threads);
        using var dump = new StringWriter();
        app.Scheduler.WriteDump(dump);
        Assert.Equal(threads ?? new SchedulerOptions().MaxThreads, app.Scheduler.MaxThreads);

        // One that finds the number itself says where it comes from.
        Assert.Equal(threads is not null, dump.ToString().Contains("(as given)", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public async Task Start_WithABadOption_FailsNamingIt(string option, Action<WeftOptions> configure)
    {
        (WebApplication app, _) = TestApp.Build(weft: configure);
        await using (app)
        {
            var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
            Assert.Contains(option, failure.Message, StringComparison.Ordinal);
            Assert.Contains("AddWeft", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Options_BoundToTheConfiguration_AreTheSchedulers()
    {
        await using TestApp app = await TestApp.StartAsync(
            static _ => { },
            static builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    [new("Weft:Name", "web"), new("Weft:MaxProcs", "3"), new("Weft:MaxThreads", "77")]);
                builder.Services.Configure<WeftOptions>(builder.Configuration.GetSection("Weft"));
            });
        Assert.Equal(("web", 3, 77), (app.Scheduler.Name, app.Scheduler.MaxProcs, app.Scheduler.MaxThreads));
    }

    [Fact]
    public async Task AddWeft_CalledTwice_MakesOneSchedulerWithBothOptions()
    {
        await using TestApp app = await TestApp.StartAsync(
            static _ => { },
            static builder => builder.Services.AddWeft(static options => options.MaxThreads = 88),
            static options => options.Name = "twice");
        Assert.Equal(("twice", 88), (app.Scheduler.Name, app.Scheduler.MaxThreads));
        Assert.Single(app.Services.GetServices<WeftHost>());
    }

    [Fact]
    public async Task Dispose_OfTheHost_DisposesTheScheduler()
    {
        TestApp app = await TestApp.StartAsync(static _ => { });
        Scheduler scheduler = app.Scheduler;
        Assert.Equal(1, await scheduler.Start(static () => 1));
        await app.StopAsync();
        Assert.Equal(2, await scheduler.Start(static () => 2));
        await app.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => scheduler.Start(static () => 3));
        Assert.Equal(0, scheduler.Statistics.Threads);
    }

    [Fact]
    public async Task Dispose_WhileAGoroutineBlocks_IsLoggedAndGoesOn()
    {
        using var inside = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        TestApp app = await TestApp.StartAsync(
            static _ => { },
            weft: static options => options.DisposeTimeout = TimeSpan.FromMilliseconds(50));
        Goroutine<bool> blocked = app.Scheduler.Start(() =>
        {
            inside.Set();
            return release.Wait(TestApp.Limit);
        });
        Assert.True(await Task.Run(() => inside.Wait(TestApp.Limit)));
        await app.StopAsync();
        await app.DisposeAsync();
        LogEntry logged = Assert.Single(app.Log, static entry => entry is { Category: "Weft", Level: LogLevel.Warning });
        Assert.Contains("WeftHostTests.cs", Assert.IsType<DisposeTimeoutException>(logged.Exception).Message, StringComparison.Ordinal);
        release.Set();
        Assert.True(await blocked.Task.WaitAsync(TestApp.Limit));
    }

    [Fact]
    public async Task Hosts_InOneProcess_HaveSchedulersOfTheirOwn()
    {
        TestApp[] apps = await Task.WhenAll(Enumerable.Range(0, 3).Select(static i => TestApp.StartAsync(
            static app =>
            {
                app.UseWeft();
                app.MapGet("/x", static (WeftHost weft) => Go.Current!.Scheduler == weft.Scheduler ? weft.Scheduler.Name : "another")
                    .RunAsGoroutine();
            },
            weft: options => options.Name = $"web{i}")));
        await apps[0].DisposeAsync();
        for (int i = 1; i < apps.Length; i++)
        {
            Assert.Equal($"web{i}", await apps[i].GetAsync("/x"));
            await apps[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task Guard_OfAHost_LivesAsLongAsTheHost()
    {
        TestApp app = await TestApp.StartAsync(
            static _ => { },
            weft: static options => options.ThreadPoolGuard = new ThreadPoolGuardOptions());
        WeftHost weft = app.Services.GetRequiredService<WeftHost>();
        await GuardTests.UntilAsync(() => weft.ThreadPoolGuard!.Looks > 0);
        await app.DisposeAsync();
        await using TestApp without = await TestApp.StartAsync(static _ => { });
        Assert.Null(without.Services.GetRequiredService<WeftHost>().ThreadPoolGuard);
    }

    [Fact]
    public async Task UseWeft_WithoutAddWeft_SaysWhatToCall()
    {
        (WebApplication app, _) = TestApp.Build(addWeft: false);
        await using (app)
            Assert.Contains("AddWeft", Assert.Throws<InvalidOperationException>(() => app.UseWeft()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "UseWeft")]
    [InlineData(false, "AddWeft")]
    public async Task RunAsGoroutine_WithoutTheRest_SaysWhatToCall(bool addWeft, string missing)
    {
        (WebApplication app, LogRecorder log) = TestApp.Build(addWeft: addWeft);
        await using (app)
        {
            app.MapGet("/x", static () => "").RunAsGoroutine();
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TestApp.Limit };
            using HttpResponseMessage answer = await client.GetAsync("/x");
            Assert.False(answer.IsSuccessStatusCode);
            LogEntry logged = await log.FirstAsync(static entry => entry.Exception is InvalidOperationException);
            Assert.Contains($"call ", logged.Exception!.Message, StringComparison.Ordinal);
            Assert.Contains(missing, logged.Exception!.Message, StringComparison.Ordinal);
            Assert.Contains("/x", logged.Exception!.Message, StringComparison.Ordinal);
        }
    }
}
