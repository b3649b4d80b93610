using System.Globalization;

namespace Weft.Samples.WebShop.Api;

/// <summary>Prices of the day, which another service is asked for by a synchronous call. Here the shop is that service, too.</summary>
internal static class PriceEndpoints
{
    public static void MapPrices(this WebApplication app, Options options)
    {
        var client = new HttpClient();
        app.Lifetime.ApplicationStopped.Register(client.Dispose);

        // Its address is known when the first request comes.
        app.MapGet("/prices/{id:int}", (int id) => Ask(client, new Uri($"{app.Urls.First()}/supplier/prices/{id}")));
        app.MapGet("/supplier/prices/{id:int}", async (int id) =>
        {
            await Task.Delay(options.Latency);
            return (id * 3.25m).ToString(CultureInfo.InvariantCulture);
        }).RunOnThreadPool();
    }

    private static string Ask(HttpClient client, Uri supplier)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, supplier);
        using HttpResponseMessage response = client.Send(request);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
