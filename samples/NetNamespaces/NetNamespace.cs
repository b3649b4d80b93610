using System.ComponentModel;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weft.Samples.NetNamespaces;

/// <summary>A named network namespace, as `ip netns` keeps it.</summary>
internal static partial class NetNamespace
{
    public const string Directory = "/run/netns";

    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>The namespaces that have a name.</summary>
    public static IReadOnlyList<string> List() => System.IO.Directory.Exists(Directory)
        ? [.. System.IO.Directory.EnumerateFiles(Directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Whether there is a namespace of that name.</summary>
    public static bool Exists(string name) => name.Length > 0 && !name.Contains('/') && File.Exists(Path.Combine(Directory, name));

    /// <summary>
    /// Moves the calling thread, and no other, into a namespace. There is no safe way back: the thread should be one that a locked
    /// goroutine takes with it when it ends.
    /// </summary>
    public static void Enter(string name)
    {
        using SafeFileHandle file = File.OpenHandle(Path.Combine(Directory, name));
        if (SetNamespace(file, CLONE_NEWNET) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>The interfaces that the calling thread sees.</summary>
    public static string[] Interfaces() => [.. NetworkInterface.GetAllNetworkInterfaces().Select(it => it.Name)];

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int type);
}
