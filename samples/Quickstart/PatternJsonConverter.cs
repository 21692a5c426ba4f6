using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>
/// Reads a regular expression from a JSON string. Patterns come from files, so a match has a time limit: a careless
/// pattern fails with an exception instead of holding up everybody.
/// </summary>
internal sealed class PatternJsonConverter : JsonConverter<Regex>
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public override Regex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string pattern = reader.GetString()!;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException exception)
        {
            throw new JsonException($"The pattern '{pattern}' cannot be used: {exception.Message}", exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, Regex value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
