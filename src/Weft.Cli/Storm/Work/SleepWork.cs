namespace Weft.Cli.Storm.Work;

/// <summary>Blocks in Thread.Sleep: nobody declares it, so the scheduler's monitor has to see it.</summary>
internal sealed class SleepWork(int goroutines, TimeSpan block) : StormWork
{
    public override int Goroutines => goroutines;

    public override void Run(int index) => Thread.Sleep(block);
}
