using System.Security.Cryptography;

namespace Weft.Cli.Storm.Work;

/// <summary>
/// Hashes files with synchronous reads. Each goroutine takes the next file that nobody has taken, so that as many files are read at
/// once as there are goroutines.
/// </summary>
internal sealed class FileWork(int goroutines, string[] paths) : StormWork
{
    /// <summary>Large enough that hashing outweighs the calls, small enough for thousands at once.</summary>
    private const int BufferSize = 32 * 1024;

    private readonly byte[]?[] _digests = new byte[]?[paths.Length];
    private int _next;
    private int _hashed;
    private int _unreadable;
    private long _bytes;

    public override int Goroutines { get; } = Math.Min(goroutines, paths.Length);

    public override long Progress => Volatile.Read(ref _bytes) + Volatile.Read(ref _hashed);

    public IReadOnlyList<string> Paths => paths;

    /// <summary>The SHA-256 digest of the file at the same index of <see cref="Paths"/>, or null when it could not be read.</summary>
    public IReadOnlyList<byte[]?> Digests => _digests;

    public long Bytes => _bytes;

    public int Unreadable => _unreadable;

    public override void Prepare()
    {
        Array.Clear(_digests);
        (_next, _hashed, _unreadable, _bytes) = (0, 0, 0, 0);
    }

    public override void Run(int index)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int file;
        while ((file = Interlocked.Increment(ref _next) - 1) < paths.Length)
            _digests[file] = Hash(paths[file], hash, buffer);
    }

    public override string? FindLoss() =>
        _hashed + _unreadable == paths.Length ? null : $"{_hashed} of {paths.Length} files were hashed, {_unreadable} could not be read";

    private byte[]? Hash(string path, IncrementalHash hash, byte[] buffer)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                Interlocked.Add(ref _bytes, count);
            }

            Interlocked.Increment(ref _hashed);
            return hash.GetHashAndReset();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            hash.GetHashAndReset();
            Interlocked.Increment(ref _unreadable);
            return null;
        }
    }
}
