using Weft.Samples.Silos;

namespace Weft.AspNetCore.Tests.Samples;

/// <summary>The sample's ledger says what is wrong: its tests would prove nothing otherwise.</summary>
public sealed class SilosAuditTests : IDisposable
{
    private readonly string _ledger = Directory.CreateTempSubdirectory("weft-audit-").FullName;

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    [Fact]
    public void Of_AcknowledgedAndFailedCalls_Holds()
    {
        var file = new CounterFile(_ledger, 0);
        file.Append(1, id: 10);
        file.Append(2, id: 20);
        var audit = Audit.Of([Told(10, 1)], [new FailedCall(0, 20, "lost"), new FailedCall(0, 30, "lost")], _ledger);
        Assert.Equal((1, 2, 2), (audit.Acknowledged, audit.Applied, audit.Failed));
        Assert.Empty(audit.Wrong);
    }

    [Theory]
    [InlineData("call 10 was acknowledged, and is lost", 20L)]
    [InlineData("call 10 was applied twice", 10L, 10L)]
    [InlineData("call 20 is number 1 of counter 0, and its caller was told otherwise", 20L, 10L)]
    [InlineData("call 10 is number 2 of counter 0, and its caller was told otherwise", 20L, 10L)]
    public void Of_WhatNoCallerWasTold_IsWrong(string complaint, params long[] applied)
    {
        var file = new CounterFile(_ledger, 0);
        for (int i = 0; i < applied.Length; i++)
            file.Append(i + 1, applied[i]);
        Assert.Contains(complaint, Audit.Of([Told(10, 1)], [], _ledger).Wrong);
    }

    /// <summary>An activation that does not know of another's append must not count from what it remembers.</summary>
    [Fact]
    public void Append_ByAnActivationThatIsBehind_IsRefused()
    {
        new CounterFile(_ledger, 0).Append(1, id: 10);
        Assert.Throws<IOException>(() => new CounterFile(_ledger, 0).Append(1, id: 20));
        Assert.Equal(1, new CounterFile(_ledger, 0).Count());
    }

    private static Acknowledged Told(long id, long number) => new(0, id, number, TimeSpan.Zero);
}
