namespace Weft.Samples.WebShop.Data;

/// <summary>Something to buy.</summary>
public sealed class Product
{
    public int Id { get; init; }

    public required string Name { get; init; }

    public int PriceCents { get; init; }
}
