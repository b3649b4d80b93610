using System.Globalization;

namespace Weft.FieldTests.Support;

/// <summary>A control group of its own that allows a number of tasks: threads and processes count alike.</summary>
internal sealed class ControlGroup : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static int s_lastNumber;

    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>A process that writes its id here is in the group, with all its threads and all processes that it makes.</summary>
    internal string ProcessesFile => Path.Combine(_folder, "cgroup.procs");

    /// <summary>Makes a group, or skips the test, with the reason.</summary>
    internal static ControlGroup CreateOrSkip(int maxTasks)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root makes control groups, on Linux.");
        if (PidsHierarchy.Find(out string reason) is not string root)
        {
            Assert.Skip(reason);
            return null!;
        }

        string folder = Path.Combine(root, $"weft-field-{Environment.ProcessId}-{Interlocked.Increment(ref s_lastNumber)}");
        Directory.CreateDirectory(folder);
        var group = new ControlGroup(folder);
        try
        {
            File.WriteAllText(Path.Combine(folder, "pids.max"), maxTasks.ToString(CultureInfo.InvariantCulture));
        }
        catch
        {
            group.Dispose();
            throw;
        }

        return group;
    }

    /// <summary>Removes the group once the last task has left it: the kernel refuses as long as one is about to.</summary>
    public void Dispose()
    {
        long deadline = Environment.TickCount64 + (long)s_limit.TotalMilliseconds;
        while (FileSystem.RemoveDirectory(_folder) != 0)
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException(
                    $"The control group {_folder} still has the processes {File.ReadAllText(ProcessesFile).ReplaceLineEndings(" ")}");
            Thread.Sleep(1);
        }
    }
}
