namespace Weft.Tests.Guarding;

/// <summary>What a simulated work item does next.</summary>
/// <param name="Kind">How it spends the time.</param>
/// <param name="Milliseconds">Processor time, or time asleep.</param>
/// <param name="Lock">Which lock it holds meanwhile; -1 for none.</param>
internal readonly record struct Phase(PhaseKind Kind, double Milliseconds, int Lock = -1)
{
    public static Phase Compute(double milliseconds) => new(PhaseKind.Compute, milliseconds);

    public static Phase Block(double milliseconds) => new(PhaseKind.Block, milliseconds);
}

internal enum PhaseKind
{
    Compute,
    Block,

    /// <summary>Blocks for a connection of which there are few, without a lock that .NET would count, and then while it has it.</summary>
    Connection,

    /// <summary>Blocks until the item that it has queued has ended.</summary>
    AwaitChild,
}

/// <summary>A work item of a simulated pool.</summary>
internal sealed class SimulatedItem(double arrivedAt, Phase[] phases)
{
    public double ArrivedAt { get; } = arrivedAt;

    public double EndedAt { get; set; } = double.NaN;

    /// <summary>Queued when the item comes to <see cref="PhaseKind.AwaitChild"/>, or before.</summary>
    public SimulatedItem? Child { get; set; }

    public Action<SimulatedItem>? OnEnded { get; init; }

    public int Index { get; set; }

    public double Left { get; set; }

    public bool HasConnection { get; set; }

    public bool HoldsLock { get; set; }

    public bool IsContending { get; set; }

    public bool HasBegun { get; set; }

    public Phase Phase => phases[Index];

    public bool HasEnded => Index == phases.Length;
}
