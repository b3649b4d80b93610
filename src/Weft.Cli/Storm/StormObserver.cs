using System.Diagnostics;
using Weft.Cli.Sampling;
using Weft.Cli.Storm.Engines;

namespace Weft.Cli.Storm;

/// <summary>
/// Looks at the process and the engine while a storm goes on, keeps the peaks, and passes on what it saw to who shows it. It works on the
/// thread that calls <see cref="Look"/>, and looks less often when looking is slow, so that it never takes much of that thread's time.
/// </summary>
internal sealed class StormObserver(ProcessSampler sampler, IStormEngine engine, Action<StormProgress> show)
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_timeBetweenShows = TimeSpan.FromMilliseconds(100);

    /// <summary>A pause lasts this many times as long as the look before it took.</summary>
    private const int PauseFactor = 10;

    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _nextLook;
    private TimeSpan _nextShow;

    public ProcessSample Sample { get; private set; }

    public ProcessSample PeakSample { get; private set; }

    public EngineFigures Figures { get; private set; }

    public long PeakStackBytes { get; private set; }

    /// <summary>Looks if it is time to.</summary>
    public void LookWhenDue(string phase, int goroutinesLeft)
    {
        if (Stopwatch.GetElapsedTime(_started) >= _nextLook)
            Look(phase, goroutinesLeft);
    }

    public void Look(string phase, int goroutinesLeft)
    {
        TimeSpan began = Stopwatch.GetElapsedTime(_started);
        Sample = sampler.Sample();
        PeakSample = PeakSample.Max(Sample);
        Figures = engine.GetFigures();
        PeakStackBytes = Math.Max(PeakStackBytes, Figures.StackBytes);
        TimeSpan ended = Stopwatch.GetElapsedTime(_started);
        TimeSpan pause = (ended - began) * PauseFactor;
        _nextLook = ended + (pause > s_shortestPause ? pause : s_shortestPause);
        if (ended < _nextShow)
            return;
        show(new StormProgress(phase, ended, goroutinesLeft, Sample, engine.HasFigures ? Figures : null));
        _nextShow = Stopwatch.GetElapsedTime(_started) + s_timeBetweenShows;
    }
}
