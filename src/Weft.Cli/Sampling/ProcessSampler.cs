using System.Diagnostics;

namespace Weft.Cli.Sampling;

/// <summary>
/// Counts this process's threads and memory, on Linux as /proc has them, elsewhere as .NET reports them. It starts no thread and does its
/// work on the caller's. To disturb a storm of thousands of threads little, it reads the name of a thread until it has once proved to be a
/// machine, not again.
/// </summary>
/// <param name="prefix">What the names of the engine's threads start with.</param>
internal sealed class ProcessSampler(string prefix)
{
    private readonly ThreadNames _names = new(prefix);
    private HashSet<int> _machines = [];
    private HashSet<int> _previousMachines = [];

    // As /proc numbers it, which need not be Environment.ProcessId: in a pid namespace, /proc may be that of the one around it.
    private int _mainThread;

    public ProcessSample Sample() => OperatingSystem.IsLinux() ? SampleLinuxOrNothing() : SampleElsewhere();

    /// <summary>Where there is no /proc nothing is known of the process; the engine's own figures still are.</summary>
    private ProcessSample SampleLinuxOrNothing()
    {
        try
        {
            return SampleLinux();
        }
        catch (IOException)
        {
            _machines.Clear();
            return default;
        }
    }

    private ProcessSample SampleLinux()
    {
        // Only threads seen in the sample before are remembered, so that an id that the system gives again is looked at again.
        (_machines, _previousMachines) = (_previousMachines, _machines);
        _machines.Clear();
        if (_mainThread == 0)
            _mainThread = ThreadIds.OfMainThread();
        int threads = 0;
        foreach (int thread in ThreadIds.OfThisProcess())
        {
            threads++;
            if (thread != _mainThread && (_previousMachines.Contains(thread) || _names.IsMachine(thread)))
                _machines.Add(thread);
        }

        return new ProcessSample(threads, _machines.Count, ResidentMemory.Read());
    }

    private static ProcessSample SampleElsewhere()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessSample(process.Threads.Count, 0, process.WorkingSet64);
    }
}
