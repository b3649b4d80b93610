using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Weft.Samples.WebShop.Data;

namespace Weft.Samples.WebShop.Api;

/// <summary>Orders: a controller, with Entity Framework.</summary>
[ApiController]
[Route("orders")]
public sealed class OrdersController(ShopContext shop, IHubContext<OrdersHub> hub) : ControllerBase
{
    private const int MaxListed = 20;

    [HttpGet]
    public IEnumerable<Order> List() => [.. shop.Orders.OrderByDescending(static order => order.Id).Take(MaxListed)];

    [HttpGet("{id:int}")]
    public ActionResult<Order> Find(int id) => shop.Orders.Find(id) is { } order ? order : NotFound();

    [HttpPost]
    public ActionResult<Order> Place(OrderRequest request)
    {
        if (!request.IsKnownTo(shop))
            return Problem($"There is no product {request.ProductId}.", statusCode: StatusCodes.Status400BadRequest);
        Order order = request.Place(shop);
        hub.Clients.All.SendAsync(OrdersHub.Ordered, order).Wait();
        return CreatedAtAction(nameof(Find), new { id = order.Id }, order);
    }
}
