using System.Reflection;
using Xunit.v3;

namespace Weft.Tests.Support;

/// <summary>Puts every test of the assembly under the <see cref="HangWatchdog"/>; no test needs code for it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class HangWatchAttribute : Attribute, IBeforeAfterTestAttribute
{
    public void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        HangWatchdog.Expect(test.TestDisplayName, LimitOf(methodUnderTest));

    // Fixtures, constructors and disposal run between two tests, and the process must end after the last.
    public void After(MethodInfo methodUnderTest, IXunitTest test) =>
        HangWatchdog.Expect($"what follows {test.TestDisplayName}", HangWatchdog.DefaultLimit);

    internal static TimeSpan LimitOf(MethodInfo method)
    {
        HangLimitAttribute? limit =
            method.GetCustomAttribute<HangLimitAttribute>() ?? method.ReflectedType?.GetCustomAttribute<HangLimitAttribute>();
        return limit is null ? HangWatchdog.DefaultLimit : TimeSpan.FromSeconds(limit.Seconds);
    }
}
