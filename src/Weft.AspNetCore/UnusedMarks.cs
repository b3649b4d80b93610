using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weft.Hosting;

namespace Weft.AspNetCore;

/// <summary>
/// Notices an application with <see cref="RunAsGoroutineAttribute"/> on its handlers and without <c>UseWeft</c>. Nothing of Weft's runs
/// there but the attribute's constructor, so that begins the watch. Of each host, the first matched request with a mark says whether the
/// host uses Weft; from then on nothing of it is watched.
/// </summary>
internal sealed partial class UnusedMarks : IObserver<DiagnosticListener>
{
    // .NET's names: of the listener of each host, and of what it tells when routing has chosen; with it comes the HttpContext.
    private const string Listener = "Microsoft.AspNetCore";
    private const string Matched = "Microsoft.AspNetCore.Routing.EndpointMatched";

    private static int s_isWatching;

    private UnusedMarks()
    {
    }

    /// <summary>An attribute was made.</summary>
    internal static void Watch()
    {
        if (Volatile.Read(ref s_isWatching) == 0 && Interlocked.Exchange(ref s_isWatching, 1) == 0)
            DiagnosticListener.AllListeners.Subscribe(new UnusedMarks());
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == Listener)
            new OfHost().Begin(value);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    [LoggerMessage(22, LogLevel.Warning,
        "Endpoint '{Endpoint}' has [RunAsGoroutine], but its requests run on .NET's pool, as the application does not use Weft. {Remedy}")]
    private static partial void NotUsed(ILogger logger, string? endpoint, string remedy);

    private sealed class OfHost : IObserver<KeyValuePair<string, object?>>
    {
        private IDisposable? _subscription;
        private int _isDecided;

        internal void Begin(DiagnosticListener listener)
        {
            _subscription = listener.Subscribe(this, static name => name == Matched);
            if (Volatile.Read(ref _isDecided) != 0)
                _subscription.Dispose();
        }

        void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
        {
            // Hubs have a filter of their own.
            if (value.Value is not HttpContext context
                || context.GetEndpoint() is not Endpoint endpoint
                || endpoint.Metadata.GetMetadata<IGoroutineMetadata>() is not RunAsGoroutineAttribute
                || endpoint.Metadata.GetMetadata<HubMetadata>() is not null
                || Interlocked.Exchange(ref _isDecided, 1) != 0)
            {
                return;
            }

            _subscription?.Dispose();
            WeftHost? weft = context.RequestServices.GetService<WeftHost>();
            if (weft is null)
                Tell(context, endpoint, "Call builder.Services.AddWeft(), and app.UseWeft(), after UseRouting.");
            else if (!WeftUse.IsOf(weft))
                Tell(context, endpoint, "Call app.UseWeft(), after UseRouting.");
        }

        void IObserver<KeyValuePair<string, object?>>.OnCompleted()
        {
        }

        void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
        {
        }

        private static void Tell(HttpContext context, Endpoint endpoint, string remedy) =>
            NotUsed(Placement.LoggerOf(context.RequestServices), endpoint.DisplayName, remedy);
    }
}
