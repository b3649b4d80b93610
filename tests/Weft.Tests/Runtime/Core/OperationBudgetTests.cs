using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>A goroutine whose operations are complete at once gives the others a turn after a number of them.</summary>
public sealed class OperationBudgetTests
{
    private const int Turns = 10;

    [Theory]
    [InlineData("send and receive")]
    [InlineData("select")]
    public async Task Budget_OperationsThatNeverWait_LetOthersRun(string operation)
    {
        int[] operations = await Undisturbed.ResultAsync(WithoutSlices(), scheduler => OperationsBetweenTurnsAsync(scheduler, operation));
        Assert.All(operations, count => Assert.InRange(count, 1, Machine.OperationBudget + 1));
    }

    [Fact]
    public async Task Sleep_OfZero_LetsOthersRunEachTime()
    {
        int[] sleeps = await Undisturbed.ResultAsync(WithoutSlices(), scheduler => OperationsBetweenTurnsAsync(scheduler, "sleep"));
        Assert.All(sleeps, count => Assert.Equal(1, count));
    }

    // Nothing but the budget takes the processor from the goroutine.
    private static SchedulerOptions WithoutSlices() => new()
    {
        Name = TestScheduler.NextName(),
        MaxProcs = 1,
        TimeSlice = TimeSpan.FromSeconds(10),
        MaxComputingExtra = 0,
    };

    /// <summary>How many operations one goroutine does before each turn of another, on one processor.</summary>
    private static async Task<int[]> OperationsBetweenTurnsAsync(Scheduler scheduler, string operation)
    {
        const int Given = Machine.OperationBudget * 1_000;
        int count = 0, turns = 0;
        int[] counts = new int[Turns];
        await scheduler.StartChecked(async () =>
        {
            Goroutine<bool> other = scheduler.StartChecked(async () =>
            {
                while (turns < Turns)
                {
                    counts[turns++] = count;
                    count = 0;
                    await Go.Yield();
                }
            });
            var channel = new Chan<int>(1);
            var select = new Select();
            select.Send(channel);
            select.Receive(channel);
            while (turns < Turns && count < Given)
            {
                count++;
                if (operation == "sleep")
                    await Go.SleepAsync(TimeSpan.Zero);
                else if (operation == "select")
                    await select.WaitAsync();
                else if (channel.Count == 0)
                    await channel.SendAsync(0);
                else
                    await channel.ReceiveAsync();
            }

            Assert.InRange(count, 0, Given - 1);
            await other;
        }).Within();
        return counts;
    }
}
