using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Weft.Tests.Support;

namespace Weft.Tests.Isolation;

public sealed class AssemblyLoadContextTests
{
    [Fact]
    public async Task Unload_AfterAStormAndDispose_NothingHoldsTheContext()
    {
        WeakReference context = await Task.Run(StormInAContext);
        await Limits.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !context.IsAlive;
            },
            "the context is collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference StormInAContext()
    {
        var context = new IsolatedContext();
        Assembly child = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Weft.TestChild.dll"));
        MethodInfo storm = child.GetType("Weft.TestChild.Storm", throwOnError: true)!.GetMethod("Run")!;
        Assert.Equal(0, storm.Invoke(null, [50, 20]));
        Assert.Contains(context.Assemblies, assembly => assembly.GetName().Name == "Weft");
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary>Has a Weft of its own; everything else is shared.</summary>
    private sealed class IsolatedContext() : AssemblyLoadContext("isolated", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == "Weft"
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Weft.dll"))
            : null;
    }
}
