using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Weft.Samples.HashTree;

/// <summary>A file and the SHA-256 of its content, or why that could not be read.</summary>
internal sealed record FileDigest(string Path, long Length, string Sha256, Exception? Error = null)
{
    private const int BufferSize = 128 * 1024;

    private static readonly string s_digestOfNothing = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>Reads the file with plain blocking reads.</summary>
    public static FileDigest Of(string path, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // A pipe or a device says 0, too; opening one could block for ever.
            if (new FileInfo(path).Length == 0)
                return new FileDigest(path, 0, s_digestOfNothing);
            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long offset = 0;
            int count;
            while ((count = RandomAccess.Read(file, buffer.AsSpan(0, BufferSize), offset)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                offset += count;
                cancellationToken.ThrowIfCancellationRequested();
            }

            return new FileDigest(path, offset, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileDigest(path, 0, "", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
