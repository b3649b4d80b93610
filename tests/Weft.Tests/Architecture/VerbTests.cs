using System.Reflection;

namespace Weft.Tests.Architecture;

/// <summary>
/// One verb has one meaning: <c>docs/architecture.md</c> has the table. Methods whose names say something else are not to come back.
/// </summary>
public sealed class VerbTests
{
    /// <summary>The beginnings of names that are not used, where, and what is said instead. Public names are .NET's or Go's.</summary>
    private static readonly (string Verb, string Within, string Instead)[] s_unused =
    [
        ("Deliver", "Weft", "hand a processor, post mail, settle an outcome"),
        ("Retake", "Weft", "take a processor"),
        ("GiveUp", "Weft", "make a processor idle, unmap memory, let a goroutine go"),
        ("Leave", "Weft.Channels", "withdraw"),
        ("Leave", "Weft.Waiting", "withdraw"),
        ("Leave", "Weft.Runtime.Running", "withdraw"),
        ("Exit", "Weft.Runtime.Watching", "leave"),
        ("Return", "Weft.Runtime", "come back, or give back"),
        ("Give", "Weft.Runtime.Core", "hand"),
        ("Take", "Weft.Threads", "claim a thread, reserve room, map memory"),
        ("Take", "Weft.Runtime.Queues", "dequeue, or steal"),
        ("Release", "Weft.Threads", "free, unmap"),
        ("Settle", "Weft.Threads", "complete"),
        ("Resume", "Weft.Goroutine", "post, for a goroutine; its code is resumed"),
    ];

    [Fact]
    public void MethodsOfWeft_UseEachVerbAsTheTableSays() => Assert.Empty(
        from type in typeof(Go).Assembly.GetTypes()
        from method in type.GetMethods(
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        where !method.IsPublic
        from rule in s_unused
        where IsWithin(type, rule.Within) && BeginsWith(method.Name, rule.Verb)
        select $"{type.FullName}.{method.Name}: {rule.Instead}");

    [Theory]
    [InlineData("TakeAll", true)]
    [InlineData("TryTake", true)]
    [InlineData("Take", true)]
    [InlineData("TakenFor", false)]
    [InlineData("Retake", false)]
    public void Verb_OfAName_IsItsFirstWord(string name, bool expected) => Assert.Equal(expected, BeginsWith(name, "Take"));

    // A type, or a namespace with those below it.
    private static bool IsWithin(Type type, string place) => type.FullName == place || $"{type.Namespace}.".StartsWith($"{place}.");

    private static bool BeginsWith(string name, string verb)
    {
        string words = name.StartsWith("Try") ? name[3..] : name;
        return words.StartsWith(verb) && (words.Length == verb.Length || !char.IsLower(words[verb.Length]));
    }
}
