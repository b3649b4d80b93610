using System.Diagnostics;

namespace Weft;

/// <content>What a debugger shows.</content>
public sealed partial class Select
{
    private string DebugText => $"{_count} cases{(_isWaiting ? ", waits" : "")}";

    /// <summary>A select in a debugger's window: its cases.</summary>
    internal sealed class DebugView(Select select)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public SelectCase[] Cases => select._cases[..select._count];
    }
}
