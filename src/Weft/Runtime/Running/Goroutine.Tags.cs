using Weft.Contracts;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Its name and its labels.</content>
public abstract partial class Goroutine
{
    /// <summary>
    /// What the program calls it; null unless it was set. Shown in dumps, in reports of deadlocks and leaks, and when an exception that
    /// leaves the goroutine ends the process.
    /// </summary>
    /// <remarks>
    /// <para>
    /// May be set at any time and on any thread. A body that names itself in its first statement has its name before anything of it can
    /// fail; a name that is set on what <see cref="Go.Start(Action, string, int)"/> returned may come after the end. Need not be unique.
    /// A goroutine without a name and without labels pays nothing for them; the first of either costs it an object.
    /// </para>
    /// </remarks>
    /// <example>
    /// <code>
    /// Go.Start(async () =>
    /// {
    ///     Go.Current!.Name = "cleaner";
    ///     await Go.SleepAsync(TimeSpan.FromMinutes(1));
    /// });
    /// </code>
    /// </example>
    public string? Name
    {
        get => Tags.Name;
        set => ChangeTags(static (tags, to) => tags.WithName(to), value);
    }

    /// <summary>Its labels, in the order in which they were first set: a picture of the moment. Shown where the name is.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels => Array.AsReadOnly(Tags.Labels);

    /// <summary>
    /// Sets a label: what the goroutine works on at the moment, such as <c>request</c> and its number. As in Go, a goroutine begins with
    /// the labels that its starter has at that moment.
    /// </summary>
    /// <param name="key">What the label is about.</param>
    /// <param name="value">Its value; null takes the label away.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <remarks>May be called at any time and on any thread.</remarks>
    /// <example>
    /// <code>
    /// Go.Start(() =>
    /// {
    ///     Go.Current!.SetLabel("file", "/etc/hostname");
    ///     Console.WriteLine(File.ReadAllText("/etc/hostname"));
    /// });
    /// </code>
    /// </example>
    public void SetLabel(string key, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ChangeTags(static (tags, to) => tags.WithLabel(to.key, to.value), (key, value));
    }

    private GoroutineTags Tags =>
        (Root.ExtraOrNull is GoroutineExtra extra ? Volatile.Read(ref extra.Tags) : null) ?? GoroutineTags.None;

    /// <summary>Its name and labels as a text that stands behind its number; empty without any.</summary>
    internal string TagText
    {
        get
        {
            GoroutineTags tags = Tags;
            return GoroutineTags.Text(tags.Name, tags.Labels);
        }
    }

    private protected virtual void InheritLabels()
    {
        if (Machine.CallingGoroutine?.Tags is { Labels.Length: > 0 } tags)
            Extra.Tags = tags.WithName(null);
    }

    /// <summary>Several threads may change them at the same time: each change is made to what the change before has left.</summary>
    private void ChangeTags<TArgument>(Func<GoroutineTags, TArgument, GoroutineTags> change, TArgument to)
    {
        GoroutineExtra extra = Root.Extra;
        while (true)
        {
            GoroutineTags? before = Volatile.Read(ref extra.Tags);
            if (Interlocked.CompareExchange(ref extra.Tags, change(before ?? GoroutineTags.None, to), before) == before)
                return;
        }
    }
}
