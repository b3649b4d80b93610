using System.Net;
using Weft.Benchmarks.Web;

// What a program does before its first request belongs to the contender, so the server takes nothing but its name.
if (args.Length != 1 || !Contenders.Exists(args[0]))
{
    Console.Error.WriteLine($"usage: Weft.Benchmarks.Web CONTENDER, where CONTENDER is one or several of {Contenders.Names}, joined by +");
    return 2;
}

ParentWatch.Start();
using IDisposable? guard = Contenders.ApplyToPool(args[0]);
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
    new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));

// Room for all that come at once, or a burst would show how soon the system asks again for a connection that it had no room for: 1 s.
builder.WebHost.UseSockets(static sockets => sockets.Backlog = 4096);
Contenders.AddServices(args[0], builder);
await using WebApplication app = builder.Build();
Contenders.ApplyToPipeline(args[0], app);
Endpoints.Map(app);
await app.StartAsync();

// The process that started this one reads the port here, and learns that there is a server.
Console.Out.WriteLine(new Uri(app.Urls.Single()).Port);
Console.Out.Flush();
await app.WaitForShutdownAsync();
return 0;
