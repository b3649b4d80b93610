namespace Weft.AspNetCore.Tests.Samples;

/// <summary>A shop for all tests of a class that do not load it.</summary>
public sealed class ShopFixture : IAsyncLifetime
{
    internal ShopProcess Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await ShopProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Shop is not null)
            await Shop.DisposeAsync();
    }
}
