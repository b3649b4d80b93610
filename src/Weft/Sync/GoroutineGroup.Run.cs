using System.Runtime.CompilerServices;

namespace Weft;

/// <content>Groups that live as long as a method.</content>
public sealed partial class GoroutineGroup
{
    /// <summary>
    /// Runs <paramref name="body"/> with a new group and waits for all children. An exception that leaves the body counts as a child's: it
    /// cancels the children, and is thrown if it was the first.
    /// </summary>
    /// <param name="body">Starts children. It runs on the caller, not as a goroutine of its own.</param>
    /// <param name="limit">The group's <see cref="Limit"/>.</param>
    /// <param name="cancellationToken">Cancels the group.</param>
    /// <exception cref="Exception">The first error.</exception>
    /// <exception cref="OperationCanceledException">The group was cancelled from outside.</exception>
    /// <example>
    /// <code>
    /// await GoroutineGroup.RunAsync(async group =>
    /// {
    ///     group.Start(async token => await ServeAsync(token));
    ///     group.Start(async token => await ReportAsync(token));
    ///     await SetUpAsync();
    /// });
    /// </code>
    /// </example>
    public static async Task RunAsync(
        Func<GoroutineGroup, Task> body,
        int limit = int.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var group = new GoroutineGroup(cancellationToken) { Limit = limit };
        try
        {
            await body(group);
        }
        catch (Exception e)
        {
            group._told = false;
            group.NoteError(e);
        }

        await group.DisposeAsync();
    }

    /// <summary>Runs a goroutine for each item and returns their results in the order of the items.</summary>
    /// <typeparam name="TSource">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="source">The items. They are asked for as there is room.</param>
    /// <param name="body">What a goroutine does; it is given its item and the group's <see cref="Token"/>.</param>
    /// <param name="limit">How many goroutines may be under way at a time; at least 1.</param>
    /// <param name="cancellationToken">Cancels the group.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <exception cref="Exception">The first error; it has cancelled the other goroutines, and all have ended.</exception>
    /// <exception cref="OperationCanceledException">Cancelled from outside.</exception>
    /// <example>
    /// <code>
    /// long[] sizes = await GoroutineGroup.RunAllAsync(urls, async (url, token) => await SizeAsync(url, token), limit: 8);
    /// </code>
    /// </example>
    public static async Task<TResult[]> RunAllAsync<TSource, TResult>(
        IEnumerable<TSource> source,
        Func<TSource, CancellationToken, Task<TResult>> body,
        int limit = int.MaxValue,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        var children = new List<Goroutine<TResult>>();
        await RunAsync(
            async group =>
            {
                foreach (TSource item in source)
                    children.Add(await group.StartAsync(token => body(item, token), file, line));
            },
            limit,
            cancellationToken);
        var results = new TResult[children.Count];
        for (int i = 0; i < results.Length; i++)
            results[i] = await children[i];
        return results;
    }
}
