using System.Data.Common;
using Dapper;
using Microsoft.EntityFrameworkCore;

namespace Weft.Samples.WebShop.Data;

/// <summary>Where the shop keeps its data. All of it blocks, on purpose.</summary>
internal abstract class ShopDatabase(TimeSpan latency) : IDisposable
{
    public abstract string Name { get; }

    /// <summary>A query that waits for <c>@ms</c> milliseconds.</summary>
    protected abstract string Wait { get; }

    /// <exception cref="IOException">There is no PostgreSQL.</exception>
    /// <exception cref="DbException">The database is not there, or has other tables.</exception>
    /// <exception cref="InvalidOperationException">It is none that the shop can use.</exception>
    public static ShopDatabase Open(Options options)
    {
        ShopDatabase database = options.Postgres
            ? new PostgresDatabase(options.Latency, options.Connection)
            : new SqliteDatabase(options.Latency);
        try
        {
            var builder = new DbContextOptionsBuilder<ShopContext>();
            database.Use(builder);
            using var context = new ShopContext(builder.Options);
            context.Database.EnsureCreated();
            if (!context.Products.Any())
                throw new InvalidOperationException("The database has the shop's tables, but no products. Give the shop an empty one.");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A connection, after the time that a network would take. Disposing it returns it to the driver's pool.</summary>
    public DbConnection Connect()
    {
        DbConnection connection = OpenConnection();
        if (latency > TimeSpan.Zero)
            connection.Execute(Wait, new { ms = (int)latency.TotalMilliseconds });
        return connection;
    }

    /// <summary>Has a context of Entity Framework use a connection of its own.</summary>
    public abstract void Use(DbContextOptionsBuilder builder);

    public abstract void Dispose();

    protected abstract DbConnection OpenConnection();
}
