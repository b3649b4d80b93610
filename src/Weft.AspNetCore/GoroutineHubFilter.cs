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

    // The label of each method, or of a hub's beginning and end; null for those that run on the pool.
    private readonly ConcurrentDictionary<MemberInfo, string?> _labels = new();

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next)
    {
        string? label = _labels.GetOrAdd(invocationContext.HubMethod, static method => LabelOf(method));
        if (label is null)
            return next(invocationContext);
        return new ValueTask<object?>(weft.Scheduler.Start(
            static call =>
            {
                Go.Current!.SetLabel(HubLabel, call.label);
                return call.next(call.invocationContext).AsTask();
            },
            (next, invocationContext, label)).Task);
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
        string? label = _labels.GetOrAdd(hub, static hub => LabelOf(hub));
        if (label is null)
            return run(call);
        return weft.Scheduler.RunAsync(
            static start =>
            {
                Go.Current!.SetLabel(HubLabel, start.label);
                return start.run(start.call);
            },
            (run, call, label)).Task;
    }

    private static string? LabelOf(MemberInfo member)
    {
        Type? hub = member as Type ?? member.ReflectedType;
        IGoroutineMetadata? said = Said(member) ?? Said(hub);
        if (said is { RunsAsGoroutine: false })
            return null;
        return member is Type ? hub!.Name : $"{hub!.Name}.{member.Name}";
    }

    private static IGoroutineMetadata? Said(MemberInfo? of) =>
        of?.GetCustomAttributes(inherit: true).OfType<IGoroutineMetadata>().LastOrDefault();
}
