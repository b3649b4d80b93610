using System.Runtime.CompilerServices;

namespace Weft.Samples.HashTree;

/// <summary>
/// A pipeline of goroutines: one walks the tree, several read and hash, the caller takes the results. Both channels are bounded, so a slow
/// stage holds up those before it, and memory stays flat however large the tree is. All belong to one group: an error of any ends all, and
/// goes to the caller; so does a caller that takes no more.
/// </summary>
internal static class TreeHasher
{
    // A few turns of work for every worker.
    private const int ChannelCapacity = 256;

    /// <summary>Hashes every regular file below a directory, in no particular order. Call it on a goroutine.</summary>
    public static async IAsyncEnumerable<FileDigest> HashAsync(
        string root,
        int workers,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var paths = new Chan<string>(ChannelCapacity);
        var digests = new Chan<FileDigest>(ChannelCapacity);
        await using var group = new GoroutineGroup(cancellationToken);
        group.Start(token => WalkAsync(root, paths, token));
        group.Start(token => HashAllAsync(workers, paths, digests, token));
        try
        {
            await foreach (FileDigest digest in digests.WithCancellation(cancellationToken))
                yield return digest;
        }
        finally
        {
            group.Cancel();
        }
    }

    private static async Task WalkAsync(string root, Chan<string> to, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (string path in Directory.EnumerateFiles(root, "*", options))
            await to.SendAsync(path, cancellationToken);
        to.Close();
    }

    // Closes its channel whatever happens, or the caller would wait for ever; the group tells the caller of an error.
    private static async Task HashAllAsync(int workers, Chan<string> from, Chan<FileDigest> to, CancellationToken cancellationToken)
    {
        try
        {
            await using var group = new GoroutineGroup(cancellationToken);
            for (int i = 0; i < workers; i++)
                group.Start(token => HashFilesAsync(from, to, token));
        }
        finally
        {
            to.Close();
        }
    }

    // The reads block this goroutine's thread; its processor goes to the others meanwhile.
    private static async Task HashFilesAsync(Chan<string> from, Chan<FileDigest> to, CancellationToken cancellationToken)
    {
        await foreach (string path in from.WithCancellation(cancellationToken))
            await to.SendAsync(FileDigest.Of(path, cancellationToken), cancellationToken);
    }
}
