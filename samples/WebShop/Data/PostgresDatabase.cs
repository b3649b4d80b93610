using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Weft.Samples.WebShop.Data;

/// <summary>PostgreSQL, by Npgsql's synchronous calls; a hundred connections, as Npgsql has it.</summary>
internal sealed class PostgresDatabase : ShopDatabase
{
    private readonly PostgresServer? _server;
    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(TimeSpan latency, string? connection)
        : base(latency)
    {
        if (connection is null)
        {
            _server = PostgresServer.Start();
            connection = _server.Connection;
        }

        try
        {
            _source = NpgsqlDataSource.Create(connection);
        }
        catch (ArgumentException e)
        {
            throw new InvalidOperationException($"--connection takes a connection string of Npgsql: {e.Message}", e);
        }
    }

    public override string Name => "PostgreSQL";

    protected override string Wait => "select pg_sleep(@ms / 1000.0)";

    public override void Use(DbContextOptionsBuilder builder) => builder.UseNpgsql(Connect(), contextOwnsConnection: true);

    public override void Dispose()
    {
        _source.Dispose();
        _server?.Dispose();
    }

    protected override DbConnection OpenConnection() => _source.OpenConnection();
}
