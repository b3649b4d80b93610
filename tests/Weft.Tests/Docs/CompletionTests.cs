using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>What an editor offers: what is there for the compiler and the runtime is not among it.</summary>
[ReleaseIsEnough]
public sealed class CompletionTests
{
    [Fact]
    public void Goroutine_InCompletion_OffersNothingOfItsContext()
    {
        string[] offered =
        [
            .. typeof(Goroutine<int>).GetMembers(BindingFlags.Public | BindingFlags.Instance)
                .Where(member => member.DeclaringType != typeof(object) && !IsHidden(member))
                .Where(member => member is not MethodInfo { IsSpecialName: true })
                .Select(member => member.Name).Distinct().Order(StringComparer.Ordinal),
        ];

        // IsWaitNotificationRequired cannot be overridden, and ToString is for everybody.
        string[] expected =
        [
            "Completion", "GetAwaiter", "Id", "IsWaitNotificationRequired", "Labels", "Name", "Scheduler", "SetLabel", "StartSite",
            "Status", "Task", "ToString",
        ];
        Assert.Equal(expected, offered);
    }

    [Fact]
    public void Plumbing_OfTheCompiler_IsHidden()
    {
        Type[] plumbing =
        [
            .. typeof(Go).Assembly.GetExportedTypes().Where(type => typeof(INotifyCompletion).IsAssignableFrom(type)
                || type.Name.Contains("Builder", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(plumbing);
        Assert.All(plumbing, type => Assert.True(IsHidden(type), type.FullName));
    }

    [Theory]
    [InlineData(typeof(GoroutineInfo))]
    [InlineData(typeof(SchedulerStatistics))]
    [InlineData(typeof(UnreturnedCall))]
    public void Reports_AreMadeByWeftOnly(Type report)
    {
        Assert.Empty(report.GetConstructors());
        Assert.All(report.GetProperties(), property => Assert.NotEqual(true, property.SetMethod?.IsPublic));
        Assert.Null(report.GetMethod("Deconstruct"));
    }

    [Fact]
    public void Current_OfGoroutine_IsTheGoroutine()
    {
        using var scheduler = new Scheduler();
        Assert.Null(Goroutine.Current);
        Assert.True(scheduler.Run(() => Goroutine.Current is not null && Goroutine.Current == Go.Current));
    }

    private static bool IsHidden(MemberInfo member) =>
        member.GetCustomAttribute<EditorBrowsableAttribute>(inherit: false)?.State == EditorBrowsableState.Never;
}
