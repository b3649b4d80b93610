using Weft.Threads;

namespace Weft.Tests.Threads;

public sealed class ScarceRoomTests
{
    private const long Reserve = 1_000;
    private const long Never = 100;
    private const long Each = 2;

    private readonly ScarceRoom _room;
    private long _free;
    private int _looks;

    public ScarceRoomTests() => _room = new ScarceRoom(ThreadPlatform.Current, Look, Reserve, Never);

    [Fact]
    public void TryTake_Plenty_LooksAgainWhenHalfOfItIsUsed()
    {
        _free = Reserve + 1_000;
        for (int i = 0; i < 250; i++)
            Assert.True(_room.TryReserve(Each, 1, now: 0));
        Assert.Equal(1, _looks);
        Assert.True(_room.TryReserve(Each, 1, now: 0));
        Assert.Equal(2, _looks);
        Assert.False(_room.IsScarce);
    }

    [Fact]
    public void TryTake_PlentySeenAWhileAgo_LooksAgain()
    {
        _free = Reserve + 1_000;
        Assert.True(_room.TryReserve(Each, 1, now: 0));
        Assert.True(_room.TryReserve(Each, 1, now: ScarceRoom.Fresh - 1));
        Assert.Equal(1, _looks);
        _free = 0;
        Assert.False(_room.TryReserve(Each, 1, now: ScarceRoom.Fresh));
        Assert.Equal(2, _looks);
    }

    [Fact]
    public void TryTake_InTheReserve_GivesOneAThreadAtEachPace()
    {
        _free = Reserve;
        Assert.True(_room.TryReserve(Each, 1, now: 0));
        Assert.True(_room.IsScarce);
        Assert.False(_room.TryReserve(Each, 1, now: ScarceRoom.Pace - 1));
        Assert.True(_room.TryReserve(Each, 1, now: ScarceRoom.Pace));
        Assert.False(_room.TryReserve(Each, 1, now: ScarceRoom.Pace + 1));
        Assert.Equal(2, _looks);
    }

    [Fact]
    public void TryTake_SeveralInTheReserve_IsRefusedAndLeavesTheOne()
    {
        _free = Reserve;
        Assert.False(_room.TryReserve(Each, 2, now: 0));
        Assert.True(_room.TryReserve(Each, 1, now: 0));
    }

    [Theory]
    [InlineData(Never + Each - 1, false)]
    [InlineData(Never + Each, true)]
    public void TryTake_WhatIsNeverGiven_IsLeft(long free, bool given)
    {
        _free = free;
        Assert.Equal(given, _room.TryReserve(Each, 1, now: 0));
    }

    [Fact]
    public void TryTake_NoLimit_GivesAnyNumber()
    {
        _free = long.MaxValue;
        Assert.True(_room.TryReserve(1L << 40, 16, now: 0));
        Assert.False(_room.IsScarce);
    }

    [Fact]
    public void NoteRefusal_AmidPlenty_LooksAfterAPause()
    {
        _free = Reserve + 1_000;
        Assert.True(_room.TryReserve(Each, 1, now: 0));
        _room.NoteRefusal(now: 1);
        Assert.True(_room.IsScarce);
        Assert.False(_room.TryReserve(Each, 1, now: ScarceRoom.RefusalPause));
        Assert.True(_room.TryReserve(Each, 1, now: ScarceRoom.RefusalPause + 1));
        Assert.False(_room.IsScarce);
        Assert.Equal(2, _looks);
    }

    private long Look()
    {
        _looks++;
        return _free;
    }
}
