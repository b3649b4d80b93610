using System.Runtime.InteropServices;

namespace Weft.Samples.Tour;

/// <summary>
/// A pool of workers reads every file of a directory tree, with blocking calls, as plain as they come: a worker that waits for the disk
/// does not hold up the others.
/// </summary>
internal static class DirectoryPool
{
    private const int BufferBytes = 64 * 1024;

    private static readonly EnumerationOptions s_everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    public static async Task<Outcome> TourAsync()
    {
        // A directory that exists everywhere and that nobody changes meanwhile.
        string root = RuntimeEnvironment.GetRuntimeDirectory();
        const int Workers = 16;
        (int files, long bytes) = await RunAsync(root, Workers);
        FileInfo[] walked = [.. new DirectoryInfo(root).EnumerateFiles("*", s_everything)];
        return new Outcome(
            $"{Workers} workers read {files:N0} files, {bytes:N0} bytes, of .NET itself",
            files == walked.Length && bytes == walked.Sum(file => file.Length));
    }

    /// <summary>How many files there are below a directory, and how many bytes were read from them.</summary>
    public static async Task<(int Files, long Bytes)> RunAsync(string root, int workers)
    {
        int files = 0;
        long bytes = 0;
        await GoroutineGroup.RunAsync(async group =>
        {
            var paths = new Chan<string>(workers);
            for (int i = 0; i < workers; i++)
            {
                group.Start(async token =>
                {
                    await foreach (string path in paths.WithCancellation(token))
                    {
                        Interlocked.Add(ref bytes, Read(path));
                        Interlocked.Increment(ref files);
                    }
                });
            }

            foreach (string path in Directory.EnumerateFiles(root, "*", s_everything))
                await paths.SendAsync(path, group.Token);
            paths.Close();
        });
        return (files, bytes);
    }

    private static long Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] buffer = new byte[BufferBytes];
        long total = 0;
        while (file.Read(buffer) is > 0 and int count)
            total += count;
        return total;
    }
}
