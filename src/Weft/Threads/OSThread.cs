#pragma warning disable
namespace Weft.Threads;
public enum OSThreadState { Starting, Running, Exited, Reaped }
public sealed class OSThread { public static OSThread Start(Action body, OSThreadOptions? options = null) => throw new NotSupportedException(); public void Join() { } public bool TryReap() => false; public int NativeId => 0; public OSThreadState State => default; internal static void Enter(nint x) { } }
