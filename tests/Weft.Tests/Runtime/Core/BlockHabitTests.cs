using System.Runtime.CompilerServices;
using Weft.Runtime.Core;

namespace Weft.Tests.Runtime.Core;

/// <summary><see cref="BlockHabit"/>: how what is expected follows from what is counted.</summary>
public sealed class BlockHabitTests
{
    // More than change what is expected, whatever was before.
    private const int Many = 60;

    [Fact]
    public void Note_ManyRunsOfOneKind_AreExpected()
    {
        var habit = new BlockHabit();
        Repeat(habit, hasBlocked: true, Many);
        Assert.True(habit.IsExpected);
        Repeat(habit, hasBlocked: false, Many);
        Assert.False(habit.IsExpected);
    }

    [Fact]
    public void Note_FourRunsOutOfFiveDoNotBlock_WhatWasExpectedStays()
    {
        var habit = new BlockHabit();
        Alternate(habit);
        Assert.False(habit.IsExpected);
        Repeat(habit, hasBlocked: true, Many);
        Alternate(habit);
        Assert.True(habit.IsExpected);

        static void Alternate(BlockHabit habit)
        {
            for (int i = 0; i < Many; i++)
                habit.Note(isLong: true, hasBlocked: i % 5 == 0);
        }
    }

    /// <summary>
    /// Two threads write what is expected. One that loses its CPU in between writes it when the share has long come to its other end, where
    /// it does not change any more.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Note_ExpectationWrittenLate_IsPutRightByTheNextRun(bool hasBlocked)
    {
        var habit = new BlockHabit();
        Repeat(habit, hasBlocked, Many);
        IsExpectedOf(habit) = !hasBlocked;
        Repeat(habit, hasBlocked, 1);
        Assert.Equal(hasBlocked, habit.IsExpected);
    }

    private static void Repeat(BlockHabit habit, bool hasBlocked, int count)
    {
        for (int i = 0; i < count; i++)
            habit.Note(isLong: hasBlocked, hasBlocked);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isExpected")]
    private static extern ref bool IsExpectedOf(BlockHabit habit);
}
