using CsCheck;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>
/// For every order of events, a channel does what <see cref="ChanModel"/> does in one of the orders in which they may have happened.
/// </summary>
public sealed class ChanLinearizabilityTests
{
    private const int Seconds = 2;
    private const int Threads = 4;
    private const int MaxCapacity = 3;

    [Fact]
    public void AsynchronousAndTryForms_InParallel_AreLinearizable()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        Check(
            scheduler,
            Of("send", static (chan, name, value) => chan.Send(name, value), static (model, name, value) => model.Send(name, value)),
            Of("receive", static (chan, name, _) => chan.Receive(name), static (model, name, _) => model.Receive(name)),
            Of("try send", static (chan, name, value) => chan.TrySend(name, value),
                static (model, name, value) => model.TrySend(name, value)),
            Of("try receive", static (chan, name, _) => chan.TryReceive(name), static (model, name, _) => model.TryReceive(name)),
            Of("count", static (chan, name, _) => chan.Count(name), static (model, name, _) => model.Count(name)),
            Of("close", static (chan, name, _) => chan.Close(name), static (model, name, _) => model.Close(name)));
    }

    [Fact]
    public void EveryOtherWayToSendAndReceive_InParallel_IsLinearizable()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        Check(
            scheduler,
            Of("send blocking", static (chan, name, value) => chan.SendBlocking(name, value),
                static (model, name, value) => model.Send(name, value)),
            Of("receive blocking", static (chan, name, _) => chan.ReceiveBlocking(name), static (model, name, _) => model.Receive(name)),
            Of("send in a goroutine", static (chan, name, value) => chan.SendInAGoroutine(name, value),
                static (model, name, value) => model.Send(name, value)),
            Of("receive in a goroutine", static (chan, name, _) => chan.ReceiveInAGoroutine(name),
                static (model, name, _) => model.Receive(name)),
            Of("send in a select", static (chan, name, value) => chan.SendInASelect(name, value),
                static (model, name, value) => model.Send(name, value)),
            Of("receive in a select", static (chan, name, _) => chan.ReceiveInASelect(name),
                static (model, name, _) => model.Receive(name)),
            Of("try send", static (chan, name, value) => chan.TrySend(name, value),
                static (model, name, value) => model.TrySend(name, value)),
            Of("try receive", static (chan, name, _) => chan.TryReceive(name), static (model, name, _) => model.TryReceive(name)),
            Of("close", static (chan, name, _) => chan.Close(name), static (model, name, _) => model.Close(name)));
    }

    private static void Check(Scheduler scheduler, params GenOperation<ChanHistory, ChanModel>[] operations) =>
        Gen.Int[0, MaxCapacity].Select(capacity => (new ChanHistory(capacity, scheduler), new ChanModel(capacity))).SampleParallel(
            operations,
            equal: static (chan, model) => chan.Outcomes().SequenceEqual(model.Outcomes()),
            maxSequentialOperations: 6,
            maxParallelOperations: 6,
            time: Seconds,
            threads: Threads,
            writeLine: Console.WriteLine,
            printActual: static chan => string.Join(", ", chan.Outcomes()),
            printModel: static model => string.Join(", ", model.Outcomes()));

    /// <summary>An operation with a number of its own, by which its outcome is known, and which is the value if it sends.</summary>
    private static GenOperation<ChanHistory, ChanModel> Of(
        string what,
        Action<ChanHistory, string, int> actual,
        Action<ChanModel, string, int> model) =>
        Gen.Int[1, 1_000_000].Operation<ChanHistory, ChanModel>(
            number => $"{what} {number}",
            (chan, number) => actual(chan, $"{what} {number}", number),
            (to, number) => model(to, $"{what} {number}", number));
}
