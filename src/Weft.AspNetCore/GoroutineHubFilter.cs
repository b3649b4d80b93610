using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.SignalR;
using Weft.Hosting;

namespace Weft.AspNetCore;

/// <summary>Runs the methods of hubs as goroutines.</summary>
internal sealed class GoroutineHubFilter(WeftHost weft) : IHubFilter
{
    /// <summary>The label that a hub method's goroutine has: the hub and the method.</summary>
    internal const string HubLabel = "hub";

    // Of each method, or of a hub's beginning and end; null for those that run on the pool.
    private readonly ConcurrentDictionary<MemberInfo, Kind?> _kinds = new();

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next)
    {
        Kind? kind = _kinds.GetOrAdd(invocationContext.HubMethod, static method => KindOf(method));
        if (kind is null)
            return next(invocationContext);
        return new ValueTask<object?>(weft.Scheduler.Start(
            static call =>
            {
                Go.Current!.SetLabel(HubLabel, call.kind.Label);
                return Go.MayBlock(call.kind.Habit, static call => call.next(call.invocationContext).AsTask(), call);
            },
            (next, invocationContext, kind)).Task);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next) =>
        RunAsync(context.Hub.GetType(), static call => call.Next(call.Context), (Next: next, Context: context));

    public Task OnDisconnectedAsync(
        HubLifetimeContext context,
        Exception? exception,
        Func<HubLifetimeContext, Exception?, Task> next) =>
        RunAsync(
            context.Hub.GetType(),
            static call => call.Next(call.Context, call.Exception),
            (Next: next, Context: context, Exception: exception));

    private Task RunAsync<TCall>(Type hub, Func<TCall, Task> run, TCall call)
    {
        Kind? kind = _kinds.GetOrAdd(hub, static hub => KindOf(hub));
        if (kind is null)
            return run(call);
        return weft.Scheduler.RunAsync(
            static start =>
            {
                Go.Current!.SetLabel(HubLabel, start.kind.Label);
                return Go.MayBlock(start.kind.Habit, static start => start.run(start.call), start);
            },
            (run, call, kind)).Task;
    }

    private static Kind? KindOf(MemberInfo member)
    {
        Type? hub = member as Type ?? member.ReflectedType;
        IGoroutineMetadata? said = Said(member) ?? Said(hub);
        if (said is { RunsAsGoroutine: false })
            return null;
        return new Kind(member is Type ? hub!.Name : $"{hub!.Name}.{member.Name}");
    }

    private sealed class Kind(string label)
    {
        public string Label => label;

        public BlockingHabit Habit { get; } = new();
    }

    private static IGoroutineMetadata? Said(MemberInfo? of) =>
        of?.GetCustomAttributes(inherit: true).OfType<IGoroutineMetadata>().LastOrDefault();
}
