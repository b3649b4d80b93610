using Microsoft.AspNetCore.SignalR;
using Weft.Samples.WebShop.Data;

namespace Weft.Samples.WebShop.Api;

/// <summary>Tells its clients of orders, takes some, and has them talk to each other.</summary>
public sealed class OrdersHub(ShopContext shop) : Hub
{
    internal const string Ordered = "ordered";
    internal const string Said = "said";

    public int Place(int productId, int quantity)
    {
        var request = new OrderRequest { ProductId = productId, Quantity = quantity };
        if (quantity < 1 || !request.IsKnownTo(shop))
            throw new HubException($"There is no way to order {quantity} of product {productId}.");
        Order order = request.Place(shop);
        Clients.All.SendAsync(Ordered, order).Wait();
        return order.Id;
    }

    public Task Say(string name, string text) => Clients.All.SendAsync(Said, name, text);
}
