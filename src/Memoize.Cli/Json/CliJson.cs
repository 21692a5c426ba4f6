using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize.Cli.Json;

/// <summary>How the shapes of <c>--json</c> are written. They are part of the contract with scripts: docs/cli.md lists them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(StatsJson))]
[JsonSerializable(typeof(ListJson))]
[JsonSerializable(typeof(ShowJson))]
[JsonSerializable(typeof(VerifyJson))]
[JsonSerializable(typeof(RemovedJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(ImportJson))]
internal sealed partial class CliJson : JsonSerializerContext;

/// <summary>Writes results as JSON.</summary>
internal static class JsonOutput
{
    public static void WriteJson<T>(this TextWriter writer, T value, JsonTypeInfo<T> type)
    {
        writer.Write(JsonSerializer.Serialize(value, type));
        writer.Write('\n');
    }
}
