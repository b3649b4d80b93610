using Microsoft.AspNetCore.Mvc;

namespace Weft.AspNetCore.Tests;

[RunAsGoroutine]
[Route("marked")]
public sealed class MarkedController : ControllerBase
{
    [HttpGet("plain")]
    public string Plain() => Where.Here();

    [HttpGet("exempt")]
    [RunOnThreadPool]
    public string Exempt() => Where.Here();
}

[RunOnThreadPool]
[Route("exempt")]
public sealed class ExemptController : ControllerBase
{
    [HttpGet("plain")]
    public string Plain() => Where.Here();

    [HttpGet("marked")]
    [RunAsGoroutine]
    public string Marked() => Where.Here();
}

[Route("silent")]
public sealed class SilentController : ControllerBase
{
    [HttpGet("plain")]
    public string Plain() => Where.Here();
}

[Route("controller")]
public sealed class BlockingController(Barrier all) : ControllerBase
{
    [HttpGet]
    public bool Meet() => all.SignalAndWait(TestApp.Limit);
}
