using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Weft.Tests.Support;

/// <summary>Listens to the instruments of one meter, and keeps what they tell.</summary>
internal sealed class MetricsReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _values = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();

    public MetricsReader()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != "Weft")
                return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>By name.</summary>
    public IReadOnlyCollection<Instrument> Instruments => [.. _instruments.Values];

    /// <summary>All that was told since the reader was made, or since the last <see cref="Collect"/>.</summary>
    public IReadOnlyCollection<Measured> Values => _values;

    /// <summary>What is observed now, and what was told meanwhile.</summary>
    public IReadOnlyList<Measured> Collect()
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return [.. _values];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _values.Enqueue(new Measured(instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString())));
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, string?> Tags)
{
    public string? this[string tag] => Tags.GetValueOrDefault(tag);

    public override string ToString() => $"{Instrument}{{{string.Join(",", Tags.Select(tag => $"{tag.Key}={tag.Value}"))}}}={Value}";
}
