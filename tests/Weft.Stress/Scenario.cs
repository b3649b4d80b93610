namespace Weft.Stress;

/// <summary>
/// One way to make life hard. It ends when its time is over, and throws <see cref="StressFailure"/> when something is wrong.
/// </summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>Its part of the time, relative to the others'.</summary>
    public abstract double Share { get; }

    /// <summary>Runs on the main thread.</summary>
    public abstract void Run(ScenarioContext context);
}
