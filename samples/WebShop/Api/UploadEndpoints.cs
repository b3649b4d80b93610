using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace Weft.Samples.WebShop.Api;

/// <summary>An upload that is read by synchronous calls, as parsers of files do.</summary>
internal static class UploadEndpoints
{
    public static void MapUpload(this IEndpointRouteBuilder app) => app.MapPost("/upload", Hash);

    private static Upload Hash(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[16 * 1024];
        long length = 0;
        int count;
        while ((count = context.Request.Body.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        return new Upload(length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private sealed record Upload(long Length, string Sha256);
}
