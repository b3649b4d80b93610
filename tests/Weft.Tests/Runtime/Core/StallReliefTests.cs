using Weft.Runtime.Core;
using Weft.Runtime.Watching;

namespace Weft.Tests.Runtime.Core;

/// <summary>How many turns a stall is worth, at given times.</summary>
public sealed class StallReliefTests
{
    private const long TimeSlice = 10;
    private const long Pause = StallRelief.TimeSlices * TimeSlice;

    private readonly StallRelief _relief = new();

    [Fact]
    public void TurnsDue_BeforeTenTimeSlices_None()
    {
        Assert.Equal(0, _relief.TurnsDue(1_000, 1_000, TimeSlice));
        Assert.Equal(0, _relief.TurnsDue(1_000 + Pause - 1, 1_000, TimeSlice));
        Assert.Equal(1, _relief.TurnsDue(1_000 + Pause, 1_000, TimeSlice));
    }

    [Fact]
    public void TurnsDue_TheStallGoesOn_DoublesEveryTenTimeSlicesUpToTheMost()
    {
        long now = 1_000;
        for (int turns = 1; turns < StallRelief.MostTurns; turns *= 2)
        {
            now += Pause;
            Assert.Equal(turns, _relief.TurnsDue(now, 1_000, TimeSlice));
            Assert.Equal(0, _relief.TurnsDue(now + Pause - 1, 1_000, TimeSlice));
        }

        for (int i = 0; i < 3; i++)
            Assert.Equal(StallRelief.MostTurns, _relief.TurnsDue(now += Pause, 1_000, TimeSlice));
    }

    [Fact]
    public void TurnsDue_AProcessorHasGoneOn_BeginsAgain()
    {
        Assert.Equal(1, _relief.TurnsDue(1_000 + Pause, 1_000, TimeSlice));
        Assert.Equal(2, _relief.TurnsDue(1_000 + (2 * Pause), 1_000, TimeSlice));
        long turn = 1_000 + (2 * Pause) + 1;
        Assert.Equal(0, _relief.TurnsDue(turn + Pause - 1, turn, TimeSlice));
        Assert.Equal(1, _relief.TurnsDue(turn + Pause, turn, TimeSlice));
    }
}
