namespace Weft.AspNetCore.Tests;

/// <summary>Which requests run as goroutines.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsGoroutine_OfAnEndpoint_RunsItsRequestsOnly(int http)
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.MapGet("/marked/{id}", static (int id) => Where.Here()).RunAsGoroutine();
            app.MapGet("/other", static () => Where.Here());
        });
        Assert.Equal(Where.Goroutine("/marked/{id}"), await app.GetAsync("/marked/7", http));
        Assert.Equal(Where.Pool, await app.GetAsync("/other", http));
    }

    [Fact]
    public async Task AllEndpoints_ButForThoseThatOptOut_RunAsGoroutines()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft(static options => options.AllEndpoints = true);
            app.MapGet("/said-nothing", static () => Where.Here());
            app.MapGet("/by-convention", static () => Where.Here()).RunOnThreadPool();
            app.MapGet("/by-attribute", [RunOnThreadPool] static () => Where.Here());
        });
        Assert.Equal(Where.Goroutine("/said-nothing"), await app.GetAsync("/said-nothing"));
        Assert.Equal(Where.Pool, await app.GetAsync("/by-convention"));
        Assert.Equal(Where.Pool, await app.GetAsync("/by-attribute"));
    }

    [Fact]
    public async Task Group_SaysItForItsEndpoints_UnlessTheySayOtherwise()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            RouteGroupBuilder group = app.MapGroup("/g").RunAsGoroutine();
            group.MapGet("/plain", static () => Where.Here());
            group.MapGet("/convention", static () => Where.Here()).RunOnThreadPool();
            group.MapGet("/attribute", [RunOnThreadPool] static () => Where.Here());
            RouteGroupBuilder inner = group.MapGroup("/inner").RunOnThreadPool();
            inner.MapGet("/plain", static () => Where.Here());
            inner.MapGet("/convention", static () => Where.Here()).RunAsGoroutine();
        });
        Assert.Equal(Where.Goroutine("/g/plain"), await app.GetAsync("/g/plain"));
        Assert.Equal(Where.Pool, await app.GetAsync("/g/convention"));
        Assert.Equal(Where.Pool, await app.GetAsync("/g/attribute"));
        Assert.Equal(Where.Pool, await app.GetAsync("/g/inner/plain"));
        Assert.Equal(Where.Goroutine("/g/inner/convention"), await app.GetAsync("/g/inner/convention"));
    }

    [Fact]
    public async Task Attribute_OfAHandler_IsEnough()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.MapGet("/marked", [RunAsGoroutine] static () => Where.Here());
        });
        Assert.Equal(Where.Goroutine("/marked"), await app.GetAsync("/marked"));
    }

    /// <summary>As gRPC has it: the attributes of the service come first, then those of the method.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Attributes_ThatAFrameworkAddsToItsEndpoints_CountFromTheLast(int http)
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.MapPost("/service/method", Answer).WithMetadata(new RunAsGoroutineAttribute());
            app.MapPost("/service/exempt", Answer).WithMetadata(new RunAsGoroutineAttribute(), new RunOnThreadPoolAttribute());
        });
        Assert.Equal(Where.Goroutine("/service/method"), await PostAsync("/service/method"));
        Assert.Equal(Where.Pool, await PostAsync("/service/exempt"));

        static Task Answer(HttpContext context) => context.Response.WriteAsync(Where.Here());

        async Task<string> PostAsync(string path)
        {
            using HttpResponseMessage answer = await app.Client(http).PostAsync(path, null).WaitAsync(TestApp.Limit);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("/marked/plain", true, false)]
    [InlineData("/marked/exempt", false, false)]
    [InlineData("/exempt/plain", false, false)]
    [InlineData("/exempt/marked", true, false)]
    [InlineData("/silent/plain", false, false)]
    [InlineData("/marked/exempt", false, true)]
    [InlineData("/exempt/plain", false, true)]
    [InlineData("/silent/plain", true, true)]
    public async Task Controllers_WithAttributes_RunWhereTheNearestSays(string path, bool isGoroutine, bool allMarked)
    {
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                app.UseWeft();
                ControllerActionEndpointConventionBuilder controllers = app.MapControllers();
                if (allMarked)
                    controllers.RunAsGoroutine();
            },
            static builder => builder.Services.AddControllers());
        Assert.Equal(isGoroutine ? Where.Goroutine(path[1..]) : Where.Pool, await app.GetAsync(path));
    }

    [Fact]
    public async Task Request_WithoutAnEndpoint_IsAnsweredOnThePool()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft(static options => options.AllEndpoints = true);
            app.Use(static (context, next) => context.GetEndpoint() is null
                ? context.Response.WriteAsync(Where.Here())
                : next(context));
            app.MapGet("/x", static () => "");
        });
        Assert.Equal(Where.Pool, await app.GetAsync("/nowhere"));
    }

    [Fact]
    public async Task Middleware_AfterUseWeft_RunsInTheSameGoroutineAsTheHandler()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.Use(static (context, next) =>
            {
                context.Items["id"] = Go.Current!.Id;
                return next(context);
            });
            app.UseWeft(); // is one too many
            app.MapGet("/x", static (HttpContext context) => Equals(context.Items["id"], Go.Current!.Id)).RunAsGoroutine();
        });
        Assert.Equal("true", await app.GetAsync("/x"));
    }
}
