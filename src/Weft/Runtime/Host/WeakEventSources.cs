namespace Weft.Runtime.Host;

/// <summary>
/// What the framework refers to by a weak reference only, although it calls others of its own accord. A <see cref="FileSystemWatcher"/> is
/// kept alive by those that use it and by nobody else, such as the goroutine that waits for its events. A search would take it for
/// unreachable, and the collector would finalize it.
/// </summary>
internal static class WeakEventSources
{
    private const string WatcherAssembly = "System.IO.FileSystem.Watcher";
    private const string Descriptors = "/proc/self/fd";

    /// <summary>
    /// Whether there may be one. On Linux, where each has a descriptor of its kind, that is certain; elsewhere the question is whether the
    /// program has loaded the code.
    /// </summary>
    internal static bool MayExist()
    {
        if (!Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), static assembly => assembly.GetName().Name == WatcherAssembly))
            return false;
        return !OperatingSystem.IsLinux() || AnyDescriptorWatchesFiles();
    }

    private static bool AnyDescriptorWatchesFiles()
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFiles(Descriptors))
            {
                if (new FileInfo(descriptor).LinkTarget is string target && target.Contains("inotify", StringComparison.Ordinal))
                    return true;
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // nobody can tell
        }
    }
}
