namespace Weft.Samples.WebShop.Data;

/// <summary>Something bought.</summary>
public sealed class Order
{
    public int Id { get; init; }

    public int ProductId { get; init; }

    public int Quantity { get; init; }
}
