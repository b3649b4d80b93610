namespace Weft.AspNetCore.Tests.Hosting;

public sealed class GoroutineBackgroundServiceTests
{
    [Fact]
    public async Task RunAsync_OfAService_RunsInANamedGoroutineOfTheHostUntilItStops()
    {
        var told = new Reports();
        TestApp app = await TestApp.StartAsync(
            static _ => { },
            builder =>
            {
                builder.Services.AddSingleton(told);
                builder.Services.AddHostedService<BlockingService>();
            });
        Assert.Equal((nameof(BlockingService), app.Scheduler), await told.Began.Task.WaitAsync(TestApp.Limit));
        await app.StopAsync();
        Assert.True(told.Ended.Task.IsCompletedSuccessfully);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task Exception_OfAService_StopsTheHost()
    {
        await using TestApp app = await TestApp.StartAsync(
            static _ => { },
            static builder => builder.Services.AddSingleton<FailingGate>().AddHostedService<FailingService>());
        var stopping = new TaskCompletionSource();
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        app.Services.GetRequiredService<FailingGate>().Open.SetResult();
        await stopping.Task.WaitAsync(TestApp.Limit);
        Assert.Contains(app.Log, static entry => entry.Exception is FormatException);
    }

    [Fact]
    public void Constructor_WithoutAHost_IsRefused() =>
        Assert.Throws<ArgumentNullException>("weft", static () => new BlockingService(null!, new Reports()));

    private sealed class Reports
    {
        public TaskCompletionSource<(string?, Scheduler)> Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class BlockingService(WeftHost weft, Reports told) : GoroutineBackgroundService(weft)
    {
        protected override Task RunAsync(CancellationToken stoppingToken)
        {
            told.Began.SetResult((Go.Current!.Name, Go.Current.Scheduler));
            stoppingToken.WaitHandle.WaitOne(); // blocks
            told.Ended.SetResult();
            return Task.CompletedTask;
        }
    }

    private sealed class FailingGate
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class FailingService(WeftHost weft, FailingGate gate) : GoroutineBackgroundService(weft)
    {
        protected override async Task RunAsync(CancellationToken stoppingToken)
        {
            await gate.Open.Task;
            throw new FormatException("the service failed");
        }
    }
}
