using System.Globalization;

namespace Weft.Threads.Platforms;

/// <summary>
/// Linux's limits on threads: <c>pids.max</c> of the control groups, RLIMIT_NPROC, <c>kernel.threads-max</c>, <c>kernel.pid_max</c> and,
/// since each stack takes mappings, <c>vm.max_map_count</c>. A limit whose files are missing is left out.
/// </summary>
internal sealed class LinuxThreadLimits : IThreadLimits
{
    /// <summary>The stack's own and its guard page; measured: 2,018 more with 1,000 threads.</summary>
    private const int MappingsOfAThread = 2;

    /// <summary>Mappings left to the rest of the process: a collector, some hundred assemblies and files have fewer.</summary>
    private const int MappingsOfTheRest = 2_048;

    /// <summary>
    /// To count mappings takes milliseconds where there are thousands. This number of others beside a scheduler's is taken for granted; the
    /// kernel allows 65,530 by default.
    /// </summary>
    private const int UnlikelyMappings = 32_768;

    /// <summary>From CAP_SYS_ADMIN (21) and CAP_SYS_RESOURCE (24): a process that has one of them is not held to RLIMIT_NPROC.</summary>
    private const long UnlimitedCapabilities = (1L << 21) | (1L << 24);

    /// <summary>
    /// What a scheduler has at most by default, and as much again: where there is room for that, the users of the rest need not be counted.
    /// </summary>
    private const int Ample = 20_000;

    private readonly SystemFiles _files;
    private readonly List<string> _groups = [];

    // The user's limit, and how many threads of his other processes count for it; null if it holds nobody back.
    private readonly long? _userLimit;
    private readonly long _ofOtherProcesses;

    internal LinuxThreadLimits(SystemFiles files)
    {
        _files = files;
        foreach (string folder in ControlGroups.With(files, "pids"))
        {
            if (files.Number(folder + "/pids.max") is not null)
                _groups.Add(folder);
        }

        _userLimit = UserLimit();
        if (_userLimit is long limit && limit - ThreadsOfAll() < Ample)
            _ofOtherProcesses = ThreadsOfUser() - OwnThreads();
    }

    public ThreadRoom Tightest() => ThreadRoom.Tighter(TightestShared(), OfMappings());

    public ThreadRoom TightestShared()
    {
        ThreadRoom room = ThreadRoom.Unlimited;
        foreach (string folder in _groups)
            room = ThreadRoom.Tighter(room,
                Room($"pids.max of {folder}", _files.Number(folder + "/pids.max"), _files.Number(folder + "/pids.current")));
        if (_userLimit is not null)
            room = ThreadRoom.Tighter(room, Room("RLIMIT_NPROC", _userLimit, _ofOtherProcesses + OwnThreads()));
        long all = ThreadsOfAll();
        room = ThreadRoom.Tighter(room, Room("kernel.threads-max", _files.Number("/proc/sys/kernel/threads-max"), all));
        return ThreadRoom.Tighter(room, Room("kernel.pid_max", _files.Number("/proc/sys/kernel/pid_max"), all));
    }

    private ThreadRoom OfMappings()
    {
        if (_files.Number("/proc/sys/vm/max_map_count") is not long most)
            return ThreadRoom.Unlimited;
        if (most >= UnlikelyMappings + MappingsOfTheRest + (Ample / 2 * MappingsOfAThread))
            return ThreadRoom.Unlimited;
        int inUse = _files.Lines("/proc/self/maps").Length;
        long threads = Math.Max(0, (most - inUse - MappingsOfTheRest) / MappingsOfAThread);
        return new ThreadRoom(threads, Text("vm.max_map_count", most, inUse));
    }

    private static ThreadRoom Room(string name, long? limit, long? inUse) =>
        limit is long most ? new ThreadRoom(Math.Max(0, most - (inUse ?? 0)), Text(name, most, inUse ?? 0)) : ThreadRoom.Unlimited;

    private static string Text(string name, long limit, long inUse) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} is {limit}, {inUse} in use");

    /// <summary>
    /// RLIMIT_NPROC, if the kernel holds this process to it: not the system's own root, and nobody with either capability there.
    /// </summary>
    private long? UserLimit()
    {
        const string Name = "Max processes";
        string? line = _files.Lines("/proc/self/limits").FirstOrDefault(static l => l.StartsWith(Name, StringComparison.Ordinal));
        if (line is null || SystemFiles.Parse(FirstWord(line.AsSpan(Name.Length))) is not long limit)
            return null;
        bool isOfTheSystem = _files.Text("/proc/self/uid_map") is not string map
            || map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
        string[] status = _files.Lines("/proc/self/status");
        bool isRoot = SystemFiles.Parse(FirstWord(Value(status, "Uid:"))) == 0;
        bool isCapable = long.TryParse(
            Value(status, "CapEff:").Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long capabilities)
            && (capabilities & UnlimitedCapabilities) != 0;
        return isOfTheSystem && (isRoot || isCapable) ? null : limit;
    }

    /// <summary>Threads of everybody, from the fourth word of <c>/proc/loadavg</c>: RUNNABLE/ALL.</summary>
    private long ThreadsOfAll()
    {
        string[] words = _files.Text("/proc/loadavg")?.Split(' ') ?? [];
        return words.Length > 3 ? SystemFiles.Parse(words[3].AsSpan(words[3].IndexOf('/', StringComparison.Ordinal) + 1)) ?? 0 : 0;
    }

    private long OwnThreads() => SystemFiles.Parse(Value(_files.Lines("/proc/self/status"), "Threads:")) ?? 0;

    /// <summary>Threads of all processes with the real user id of this one, as far as they can be seen.</summary>
    private long ThreadsOfUser()
    {
        string user = FirstWord(Value(_files.Lines("/proc/self/status"), "Uid:")).ToString();
        long threads = 0;
        foreach (string name in _files.Names("/proc"))
        {
            if (!char.IsAsciiDigit(name[0]))
                continue;
            string[] status = _files.Lines($"/proc/{name}/status");
            if (FirstWord(Value(status, "Uid:")).SequenceEqual(user))
                threads += SystemFiles.Parse(Value(status, "Threads:")) ?? 0;
        }

        return threads;
    }

    private static ReadOnlySpan<char> Value(string[] status, string name) =>
        status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan() is { Length: > 0 } line
            ? line[name.Length..]
            : [];

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        int end = text.IndexOfAny(' ', '\t');
        return end < 0 ? text : text[..end];
    }
}
