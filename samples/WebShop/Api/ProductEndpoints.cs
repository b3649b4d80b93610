using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Weft.Samples.WebShop.Data;

namespace Weft.Samples.WebShop.Api;

/// <summary>Products: a minimal API, with Dapper.</summary>
internal static class ProductEndpoints
{
    private const string Select = """select "Id", "Name", "PriceCents" from "Products" """;

    public static void MapProducts(this IEndpointRouteBuilder app)
    {
        app.MapGet("/products", List);
        app.MapGet("/products/{id:int}", Find);
    }

    private static IEnumerable<Product> List(ShopDatabase database)
    {
        using DbConnection connection = database.Connect();
        return connection.Query<Product>(Select + """order by "Id" """);
    }

    private static Results<Ok<Product>, NotFound> Find(int id, ShopDatabase database)
    {
        using DbConnection connection = database.Connect();
        return connection.QuerySingleOrDefault<Product>(Select + """where "Id" = @id""", new { id }) is { } product
            ? TypedResults.Ok(product)
            : TypedResults.NotFound();
    }
}
