using Weft.Runtime.Core;

namespace Weft;

/// <content>The default scheduler, and what it is made with.</content>
public sealed partial class Scheduler
{
    /// <summary>The engine of the goroutine whose code the calling thread runs, or that of the default scheduler.</summary>
    internal static Engine CurrentEngine => Machine.CallingGoroutine?.Engine ?? Default.Engine;

    // Null, then the options of Go.Configure, then s_made: the thread that makes the scheduler exchanges s_made for what is there. So a
    // call of Configure comes before that and counts, or it is refused.
    private static SchedulerOptions? s_defaultOptions;
    private static readonly SchedulerOptions s_made = new();

    /// <summary>What <see cref="Go.Configure"/> does.</summary>
    internal static void ConfigureDefault(SchedulerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        SchedulerOptions? before = Interlocked.CompareExchange(ref s_defaultOptions, options, null);
        if (before is null)
            return;
        throw new InvalidOperationException(before == s_made
            ? "The default scheduler is in use already and cannot be configured any more: call Go.Configure before anything else of Weft."
            : "The default scheduler was configured before: call Go.Configure once, where the program starts.");
    }

    private static Scheduler MakeDefault() => new(Interlocked.Exchange(ref s_defaultOptions, s_made)) { _isDefault = true };

    // Nested, so that a program that never asks for it makes none.
    private static class DefaultHolder
    {
        internal static readonly Scheduler Instance = MakeDefault();
    }
}
