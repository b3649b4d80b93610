using System.Text.Json;

namespace Weft.Benchmarks.Harness;

/// <summary>What one sample measured. A child process hands it to the runner as one line of JSON: an object of numbers.</summary>
internal sealed class Sample
{
    private const string CheckKey = "check";

    private readonly Dictionary<string, double> _values = [];

    /// <summary>What every contender must agree on, if anything: proof that they did the same work.</summary>
    public string? Check { get; init; }

    public double this[string key]
    {
        get => _values[key];
        set => _values[key] = value;
    }

    public bool TryGet(string key, out double value) => _values.TryGetValue(key, out value);

    public string Serialize()
    {
        Dictionary<string, object> all = _values.ToDictionary(pair => pair.Key, pair => (object)pair.Value);
        if (Check is not null)
            all.Add(CheckKey, Check);
        return JsonSerializer.Serialize(all);
    }

    public static Sample Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        string? check = document.RootElement.TryGetProperty(CheckKey, out JsonElement text) ? text.GetString() : null;
        Sample sample = new() { Check = check };
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Number)
                sample[property.Name] = property.Value.GetDouble();
        }

        return sample;
    }
}
