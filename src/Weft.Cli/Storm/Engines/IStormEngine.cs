namespace Weft.Cli.Storm.Engines;

/// <summary>Who runs the work of a storm: goroutines, or what they are compared with.</summary>
internal interface IStormEngine : IDisposable
{
    /// <summary>Whether it says what it did with its threads.</summary>
    bool HasFigures { get; }

    /// <summary>As many of its threads work at the same time without further ado.</summary>
    int Procs { get; }

    /// <summary>The most threads it may have at once.</summary>
    int MaxThreads { get; }

    /// <summary>Runs <paramref name="body"/> on it; the body never throws.</summary>
    void Start<TState>(Action<TState> body, TState state);

    EngineFigures GetFigures();

    /// <summary>Writes what it is doing, for somebody who finds out why work is lost.</summary>
    void WriteDump(TextWriter to);
}
