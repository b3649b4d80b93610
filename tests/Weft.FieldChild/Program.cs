using Weft.FieldChild.Modes;

// One program a mode, run where threads, memory or /proc are short: see tests/Weft.FieldTests.
// Add a mode by adding a file to Modes/ and a line here.
var modes = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["after-outside"] = AfterOutside.Run,
    ["await-outside"] = AwaitOutside.Run,
    ["block-together"] = BlockTogether.Run,
    ["burst"] = PlainBurst.Run,
    ["changed-root"] = ChangedRoot.Run,
    ["dispose-later"] = DisposeLater.Run,
    ["few-mappings"] = FewMappings.Run,
    ["full-after"] = FullAfter.Run,
    ["full-crash"] = FullCrash.Run,
    ["full-dispose"] = FullDispose.Run,
    ["full-first-start"] = FullFirstStart.Run,
    ["full-forsaken"] = FullForsaken.Run,
    ["full-run"] = FullRun.Run,
    ["given-limit"] = GivenLimit.Run,
    ["guarded-pool"] = GuardedPool.Run,
    ["new-threads"] = NewThreads.Run,
    ["receive-outside"] = ReceiveOutside.Run,
    ["run"] = RunMain.Run,
    ["shortage-handler"] = ShortageHandler.Run,
    ["start-dispose"] = StartDispose.Run,
};

if (args.Length == 0 || !modes.TryGetValue(args[0], out Func<string[], int>? mode))
{
    Console.Error.WriteLine($"usage: Weft.FieldChild {string.Join('|', modes.Keys)} [ARGUMENT...]");
    return 2;
}

// The first line has .NET's console make its thread: a program that can have no thread at all may not fail for that.
Console.WriteLine("begin");
return mode(args[1..]);
