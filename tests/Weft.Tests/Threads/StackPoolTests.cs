using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

public sealed class StackPoolTests : IDisposable
{
    private const int Size = 1024 * 1024;
    private const long Unit = 64 * 1024;

    private readonly FaultingPlatform _platform = new(ThreadPlatform.Current);
    private readonly StackPool _pool;

    public StackPoolTests()
    {
        _pool = new StackPool(_platform, Size);
        Assert.SkipUnless(_platform.OwnsStacks, "The system owns the stacks here.");
    }

    // A stack of the common size with its guard page.
    private long Slot
    {
        get
        {
            long units = (Size + (long)_platform.StackReserve + (long)_platform.PageSize + Unit - 1) / Unit;
            return (units | 1) * Unit;
        }
    }

    public void Dispose()
    {
        _pool.TrimAll();
        Assert.Equal(0, _pool.BytesMapped);
        Assert.Equal(0, _pool.BytesCached);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Rent_First_MapsOneStackAndItsGuard()
    {
        StackRegion stack = Rent();
        Assert.Equal(Slot, _pool.BytesMapped);
        Assert.Equal(0, _pool.BytesCached);
        Assert.Equal(stack.MappingBase + (nint)_platform.PageSize, stack.Base);
        Assert.Equal(stack.MappingBase + (nint)stack.MappingSize, stack.Base + (nint)stack.Size);
        _pool.Return(stack);
        Assert.Equal(Slot, _pool.BytesMapped);
        Assert.Equal(Slot, _pool.BytesCached);
    }

    [Fact]
    public async Task Close_WhileAnotherThreadUnmaps_WaitsForIt()
    {
        using var unmapping = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        _pool.Return(Rent());
        _platform.Unmapping = () =>
        {
            unmapping.Set();
            goOn.Wait();
        };
        Task trimming = Task.Run(_pool.TrimAll);
        unmapping.Wait();
        Task<long> closing = Task.Run(() =>
        {
            _pool.Close();
            return _pool.BytesMapped;
        });
        Assert.False(closing.Wait(TimeSpan.FromMilliseconds(20)));
        goOn.Set();
        Assert.Equal(0, await closing);
        await trimming;
    }

    [Fact]
    public void Rent_AfterReturns_GivesTheWarmestFirst()
    {
        StackRegion first = Rent();
        StackRegion second = Rent();
        _pool.Return(second);
        _pool.Return(first);
        Assert.Equal(first, Rent());
        Assert.Equal(second, Rent());
        _pool.Return(first);
        _pool.Return(second);
    }

    [Fact]
    public void Rent_AnotherSize_IsUnmappedOnReturn()
    {
        Assert.Equal(0, _pool.Rent(4 * Size, out StackRegion stack));
        Assert.True(stack.Size >= 4 * Size);
        _pool.Return(stack);
        Assert.Equal(0, _pool.BytesMapped);
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(1536 * 1024)]
    [InlineData(2 * 1024 * 1024)]
    [InlineData((2 * 1024 * 1024) - 4096)]
    [InlineData(8 * 1024 * 1024)]
    public void Rent_AnySize_IsAnOddMultipleOfTheUnitSoThatNoSlabIsOneOfAHugePage(int size)
    {
        Assert.Equal(0, _pool.Rent(size, out StackRegion stack));
        Assert.True(stack.Size >= (nuint)size + _platform.StackReserve);
        Assert.Equal(1u, stack.MappingSize / (nuint)Unit % 2);
        Assert.Equal(0u, stack.MappingSize % (nuint)Unit);
        Assert.All(
            Enumerable.Range(1, StackPool.MaxSlab),
            count => Assert.NotEqual(0u, (nuint)count * stack.MappingSize % (2 * 1024 * 1024)));
        _pool.Return(stack);
    }

    [Fact]
    public void Rent_Many_MapsSlabsWhoseStacksAreDistinctAndUnmapSingly()
    {
        StackRegion[] stacks = [.. Enumerable.Range(0, 200).Select(_ => Rent())];
        Assert.Equal(200, stacks.DistinctBy(stack => stack.MappingBase).Count());
        Assert.Equal((200 * Slot) + _pool.BytesCached, _pool.BytesMapped);
        Assert.InRange(_pool.BytesCached, 0, (StackPool.MaxSlab - 1) * Slot);
        foreach (StackRegion stack in stacks)
            _pool.Return(stack);
        Assert.Equal(StackPool.MaxCached * Slot, _pool.BytesCached);
        Assert.Equal(_pool.BytesCached, _pool.BytesMapped);
    }

    [Fact]
    public void Trim_UnmapsOnlyWhatWasUnusedForLong()
    {
        StackRegion old = Rent();
        StackRegion young = Rent();
        _pool.Return(old);
        Thread.Sleep(300);
        _pool.Return(young);
        Assert.Equal(Slot, _pool.Trim(TimeSpan.FromMilliseconds(250)));
        Assert.Equal(Slot, _pool.BytesMapped);
        Assert.Equal(young, Rent());
        _pool.Return(young);
        Assert.Equal(0, _pool.Trim(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Rent_MappingRefused_GivesTheError()
    {
        _platform.MapRefusals = 1;
        Assert.Equal(FaultingPlatform.ENOMEM, _pool.Rent(Size, out StackRegion stack));
        Assert.Equal(default, stack);
        Assert.Equal(0, _pool.BytesMapped);
    }

    [Fact]
    public void Rent_NoRoomLeftForThreads_IsRefusedForNowWithoutAMapping()
    {
        StackRegion[] stacks = [.. Enumerable.Range(0, 4).Select(_ => Rent())];
        _platform.RoomRefusals = 1;
        Assert.Equal(_platform.TryAgain, _pool.Rent(Size, out StackRegion stack));
        Assert.Equal(default, stack);
        Assert.Equal(4 * Slot, _pool.BytesMapped);
        foreach (StackRegion one in stacks.Append(Rent()))
            _pool.Return(one);
    }

    [Fact]
    public void Rent_FirstStacks_AreMappedWhateverIsLeft()
    {
        _platform.RoomRefusals = int.MaxValue;
        StackRegion[] stacks = [.. Enumerable.Range(0, 4).Select(_ => Rent())];
        Assert.Equal(int.MaxValue, _platform.RoomRefusals);
        foreach (StackRegion stack in stacks)
            _pool.Return(stack);
    }

    [Fact]
    public void Rent_SlabRefused_FallsBackToOne()
    {
        StackRegion[] stacks = [.. Enumerable.Range(0, 16).Select(_ => Rent())];
        _pool.TrimAll();
        _platform.MapRefusals = 1;
        StackRegion last = Rent();
        Assert.Equal(17 * Slot, _pool.BytesMapped);
        foreach (StackRegion stack in stacks.Append(last))
            _pool.Return(stack);
    }

    [Fact]
    public void Rent_AGuardInASlabRefused_KeepsTheStacksBeforeIt()
    {
        StackRegion[] stacks = [.. Enumerable.Range(0, 32).Select(_ => Rent())];
        _pool.TrimAll();
        _platform.ProtectPasses = 2;
        _platform.ProtectRefusals = 1;
        StackRegion last = Rent();
        Assert.Equal(34 * Slot, _pool.BytesMapped);
        Assert.Equal(Slot, _pool.BytesCached);
        foreach (StackRegion stack in stacks.Append(last))
            _pool.Return(stack);
    }

    [Fact]
    public void Trim_UnmappingRefused_StaysCountedAndIsTriedAgain()
    {
        StackRegion stack = Rent();
        _pool.Return(stack);
        _platform.UnmapRefusals = 1;
        Assert.Equal(0, _pool.TrimAll());
        Assert.Equal(Slot, _pool.BytesMapped);
        Assert.Equal(0, _pool.BytesCached);
        _pool.TrimAll();
        Assert.Equal(0, _pool.BytesMapped);
    }

    [Fact]
    public void RentAndReturn_FromManyThreads_CountsExactly()
    {
        Parallel.For(0, 8, _ =>
        {
            var mine = new Stack<StackRegion>();
            for (int i = 0; i < 500; i++)
            {
                if (i % 3 == 2)
                    _pool.Return(mine.Pop());
                else
                    mine.Push(Rent());
                if (i % 100 == 0)
                    _pool.Trim(TimeSpan.Zero);
            }

            foreach (StackRegion stack in mine)
                _pool.Return(stack);
        });
        Assert.Equal(_pool.BytesCached, _pool.BytesMapped);
    }

    private StackRegion Rent()
    {
        Assert.Equal(0, _pool.Rent(Size, out StackRegion stack));
        return stack;
    }
}
