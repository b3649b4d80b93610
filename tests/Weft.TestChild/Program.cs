using Weft.TestChild;

// What a test cannot do in its own process, because it ends the process or needs one to itself. Add a command by adding a line.
var commands = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["blocked-readers"] = BlockedReaders.Run,
    ["body-allocations"] = BodyAllocations.Run,
    ["chan-deadlock"] = ChannelDeadlock.Run,
    ["default-scheduler"] = DefaultScheduler.Run,
    ["default-stack"] = DefaultScheduler.StackSize,
    ["full-pool"] = FullPool.Run,
    ["guard-all-at-once"] = GuardedPool.AllAtOnce,
    ["guard-bound"] = GuardedPool.Bound,
    ["guard-computing"] = GuardedPool.Computing,
    ["guard-deadlock"] = GuardedPool.Deadlock,
    ["guard-end"] = GuardEnd.Told,
    ["guard-end-in-handler"] = GuardEnd.InAHandler,
    ["guard-fixed"] = GuardedPool.Fixed,
    ["guard-metrics"] = GuardEnd.Metrics,
    ["guard-minimum"] = GuardedPool.Minimum,
    ["guard-timeout"] = GuardEnd.Timeout,
    ["locked-main"] = LockedMain.Run,
    ["outside-events"] = OutsideEvents.Run,
    ["stack-overflow"] = StackOverflow.Run,
    ["storm"] = Storm.Run,
    ["tainted-thread"] = TaintedThread.Run,
    ["thread-stack-overflow"] = ThreadCommands.StackOverflow,
    ["thread-throws"] = ThreadCommands.Throws,
    ["unhandled"] = UnhandledException.Run,
};

if (args.Length == 0 || !commands.TryGetValue(args[0], out Func<string[], int>? command))
{
    Console.Error.WriteLine($"usage: Weft.TestChild {string.Join('|', commands.Keys)} [ARGUMENT...]");
    return 2;
}

return command(args[1..]);
