using System.ComponentModel.DataAnnotations;
using Weft.Samples.WebShop.Data;

namespace Weft.Samples.WebShop.Api;

/// <summary>What is to be ordered.</summary>
public sealed class OrderRequest
{
    public int ProductId { get; init; }

    [Range(1, 1000)]
    public int Quantity { get; init; } = 1;

    internal bool IsKnownTo(ShopContext shop) => shop.Products.Find(ProductId) is not null;

    internal Order Place(ShopContext shop)
    {
        var order = new Order { ProductId = ProductId, Quantity = Quantity };
        shop.Orders.Add(order);
        shop.SaveChanges();
        return order;
    }
}
