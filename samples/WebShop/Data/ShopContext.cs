using Microsoft.EntityFrameworkCore;

namespace Weft.Samples.WebShop.Data;

/// <summary>The database by Entity Framework.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    private static readonly Product[] s_products =
    [
        .. "shuttle|heddle|reed|bobbin|loom|spindle|warp beam|treadle".Split('|')
            .Select(static (name, index) => new Product { Id = index + 1, Name = name, PriceCents = 250 * (index + 1) }),
    ];

    public DbSet<Product> Products => Set<Product>();

    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Product>().HasData(s_products);
        modelBuilder.Entity<Order>().HasOne<Product>().WithMany().HasForeignKey(static order => order.ProductId);
    }
}
