using System.Threading.Channels;

namespace Weft.Samples.HashTree;

/// <summary>
/// A pipeline of goroutines: one walks the tree, several read and hash, the caller takes the results. Both channels are bounded, so a slow
/// stage holds up those before it, and memory stays flat however large the tree is.
/// </summary>
internal static class TreeHasher
{
    // A few turns of work for every worker.
    private const int ChannelCapacity = 256;

    /// <summary>Hashes every regular file below a directory, in no particular order. Call it on a goroutine.</summary>
    public static IAsyncEnumerable<FileDigest> HashAsync(string root, int workers, CancellationToken cancellationToken)
    {
        Channel<string> paths = Channel.CreateBounded<string>(ChannelCapacity);
        Channel<FileDigest> digests = Channel.CreateBounded<FileDigest>(ChannelCapacity);
        Go.Start(() => CloseAfterAsync(paths.Writer, () => WalkAsync(root, paths.Writer, cancellationToken)));
        Go.Start(() => CloseAfterAsync(digests.Writer, async () =>
        {
            Goroutine<bool>[] hashers = new Goroutine<bool>[workers];
            for (int i = 0; i < workers; i++)
                hashers[i] = Go.Start(() => HashFilesAsync(paths.Reader, digests.Writer, cancellationToken));
            foreach (Goroutine<bool> hasher in hashers)
                await hasher;
        }));
        return digests.Reader.ReadAllAsync(cancellationToken);
    }

    private static async Task WalkAsync(string root, ChannelWriter<string> to, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (string path in Directory.EnumerateFiles(root, "*", options))
            await to.WriteAsync(path, cancellationToken);
    }

    // The reads block this goroutine's thread; its processor goes to the others meanwhile.
    private static async Task<bool> HashFilesAsync(
        ChannelReader<string> from,
        ChannelWriter<FileDigest> to,
        CancellationToken cancellationToken)
    {
        await foreach (string path in from.ReadAllAsync(cancellationToken))
            await to.WriteAsync(FileDigest.Of(path, cancellationToken), cancellationToken);
        return true;
    }

    // Whatever ended a stage goes to the stage behind it, as the reason why its channel is closed.
    private static async Task CloseAfterAsync<T>(ChannelWriter<T> writer, Func<Task> stage)
    {
        Exception? error = null;
        try
        {
            await stage();
        }
        catch (Exception e)
        {
            error = e;
        }

        writer.Complete(error);
    }
}
