using System.Data.Common;
using Dapper;
using Grpc.Core;
using Weft.Samples.WebShop.Data;

namespace Weft.Samples.WebShop.Api;

/// <summary>The stock, by gRPC.</summary>
internal sealed class StockService(ShopDatabase database) : Stock.StockBase
{
    private const int DeliveredOfEach = 1_000_000;

    private const string Ordered = """
        select coalesce(sum("Quantity"), 0) from "Products" left join "Orders" on "ProductId" = "Products"."Id"
        where "Products"."Id" = @id group by "Products"."Id"
        """;

    public override Task<CountReply> Count(CountRequest request, ServerCallContext context)
    {
        using DbConnection connection = database.Connect();
        if (connection.QuerySingleOrDefault<long?>(Ordered, new { id = request.ProductId }) is not { } ordered)
            throw new RpcException(new Status(StatusCode.NotFound, $"There is no product {request.ProductId}."));
        return Task.FromResult(new CountReply { Left = (int)(DeliveredOfEach - ordered) });
    }
}
