using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Weft.Samples.WebShop.Data;

/// <summary>SQLite in a temporary directory, which goes with the shop.</summary>
internal sealed class SqliteDatabase : ShopDatabase
{
    private readonly string _directory = Directory.CreateTempSubdirectory("webshop-").FullName;
    private readonly string _connection;

    public SqliteDatabase(TimeSpan latency)
        : base(latency)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(_directory, "shop.db") }.ToString();
        using DbConnection connection = OpenConnection();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode = wal"; // readers and the writer do not wait for each other
        command.ExecuteNonQuery();
    }

    public override string Name => "SQLite";

    protected override string Wait => "select sleep(@ms)";

    public override void Use(DbContextOptionsBuilder builder) => builder.UseSqlite(Connect(), contextOwnsConnection: true);

    public override void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    protected override DbConnection OpenConnection()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        connection.CreateFunction("sleep", static (int ms) =>
        {
            Thread.Sleep(ms);
            return ms;
        });
        return connection;
    }
}
