using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Cli.Results;

/// <summary>Reads and writes <see cref="StormResult"/> as one line of JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StormResult))]
internal sealed partial class StormJson : JsonSerializerContext
{
    public static string Write(StormResult result) => JsonSerializer.Serialize(result, Default.StormResult);

    public static StormResult? TryRead(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.StormResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
