using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// What one worker has read. The digest is the exclusive or of all its files' digests, so that their order does not matter.
/// </summary>
internal sealed class FileTotal(bool withHash) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _fileDigest = new byte[SHA256.HashSizeInBytes];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;

    public long Files { get; private set; }

    /// <summary>All regular files below a folder; links are not followed, what cannot be read is passed over.</summary>
    public static IEnumerable<string> Enumerate(string root)
    {
        EnumerationOptions options = new()
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
            IgnoreInaccessible = true,
        };
        return Directory.EnumerateFiles(root, "*", options);
    }

    /// <summary>Reads a file to its end; one that cannot be read does not count.</summary>
    public void Add(string path)
    {
        long size;
        try
        {
            size = Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }

        Files++;
        _bytes += size;
        if (!withHash)
            return;
        _hash.GetHashAndReset(_fileDigest);
        Merge(_fileDigest);
    }

    public static FileTotal Sum(IEnumerable<FileTotal> totals)
    {
        FileTotal sum = new(withHash: true);
        foreach (FileTotal total in totals)
        {
            sum.Files += total.Files;
            sum._bytes += total._bytes;
            sum.Merge(total._digest);
        }

        return sum;
    }

    public override string ToString() => $"{Files} files, {_bytes} bytes, {Convert.ToHexStringLower(_digest)}";

    public void Dispose() => _hash.Dispose();

    private long Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite);
        long size = 0;
        int count;
        while ((count = RandomAccess.Read(file, _buffer, size)) > 0)
        {
            size += count;
            if (withHash)
                _hash.AppendData(_buffer, 0, count);
        }

        return size;
    }

    private void Merge(byte[] digest)
    {
        for (int i = 0; i < digest.Length; i++)
            _digest[i] ^= digest[i];
    }
}
