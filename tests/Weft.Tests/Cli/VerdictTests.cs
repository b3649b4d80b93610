using Weft.Cli.Results;
using Weft.Cli.Storm;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[ReleaseIsEnough]
public sealed class VerdictTests
{
    private readonly Verdict _verdict = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Judge_NothingLostAndAllGone_HasNoComplaint()
    {
        _verdict.Judge(Storms.Result("weft", settle: 1));

        Assert.Empty(_verdict.Complaints);
    }

    [Fact]
    public void Judge_ThreadsLeft_SaysHowManyAfterWhatTime()
    {
        _verdict.Judge(
            Storms.Result("weft", settle: null) with { Machines = new MachineResult(9, 3), Created = 9, Exited = 6, Reaped = 5 });

        Assert.Equal(["2 s after the last burst 3 threads of the scheduler were left: 9 created, 6 exited, 5 reaped"], _verdict.Complaints);
    }

    [Fact]
    public void JudgeComparison_ThreadsOfThePoolLeft_HasNoComplaint()
    {
        _verdict.JudgeComparison(Storms.Result("threadpool", settle: null), exitCode: 0);

        Assert.Empty(_verdict.Complaints);
    }

    [Fact]
    public void JudgeComparison_LostWork_SaysSoOnce()
    {
        _verdict.JudgeComparison(Storms.Result("threadpool", settle: null) with { Lost = ["3 of 20 had the lock"] }, exitCode: 1);

        Assert.Equal(["on the ThreadPool: lost: 3 of 20 had the lock"], _verdict.Complaints);
    }

    [Fact]
    public void JudgeComparison_WrongDigests_SaysSo()
    {
        _verdict.JudgeComparison(Storms.Result("threadpool", settle: null) with { Files = new FileResult(4, 10, 0, 3) }, exitCode: 1);

        Assert.Equal(["on the ThreadPool: sha256sum agrees with 3 of 4 digests"], _verdict.Complaints);
    }

    [Fact]
    public void JudgeComparison_ResultButAnotherExitCode_SaysSo()
    {
        _verdict.JudgeComparison(Storms.Result("threadpool", settle: 1), exitCode: 134);

        Assert.Equal(["the comparison with the ThreadPool ended with code 134"], _verdict.Complaints);
    }

    [Fact]
    public void JudgeComparison_NoResult_SaysSo()
    {
        _verdict.JudgeComparison(null, exitCode: 134);

        Assert.Equal(["the comparison with the ThreadPool ended with code 134 and no result"], _verdict.Complaints);
    }
}
