namespace Weft.Samples.WebShop.Watching;

/// <summary>Counts requests from the first middleware on. It misses what waits for the pool before.</summary>
internal sealed class RequestCounter
{
    private long _inside;
    private long _ended;

    public long Inside => Volatile.Read(ref _inside);

    public long Ended => Volatile.Read(ref _ended);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _inside);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
            Interlocked.Increment(ref _ended);
        }
    }
}
