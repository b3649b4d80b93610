using System.Text;

namespace Weft.Samples.WebShop.Load;

/// <summary>Something that a client asks for again and again.</summary>
internal sealed record LoadKind(string Name, HttpMethod Method, string Path, string? Json = null, int Bytes = 0)
{
    private const int UploadBytes = 64 * 1024;

    public static IReadOnlyList<LoadKind> All { get; } =
    [
        new("products", HttpMethod.Get, "/products/1"),
        new("list", HttpMethod.Get, "/orders"),
        new("order", HttpMethod.Post, "/orders", """{"productId":1,"quantity":1}"""),
        new("prices", HttpMethod.Get, "/prices/1"),
        new("upload", HttpMethod.Post, "/upload", Bytes: UploadBytes),
        new("taskwait", HttpMethod.Get, "/api/diagscenario/taskwait"),
        new("tasksleepwait", HttpMethod.Get, "/api/diagscenario/tasksleepwait"),
        new("taskasyncwait", HttpMethod.Get, "/api/diagscenario/taskasyncwait"),
    ];

    public static string Names => string.Join(", ", All.Select(static kind => kind.Name));

    public static LoadKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    public HttpRequestMessage MakeRequest() => new(Method, Path)
    {
        Content = Json is not null ? new StringContent(Json, Encoding.UTF8, "application/json")
            : Bytes > 0 ? new ByteArrayContent(new byte[Bytes])
            : null,
    };
}
