using System.Text.Json.Serialization;

namespace Quickstart;

/// <summary>How rules and definitions are written: camelCase, and an unknown property is an error rather than ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Rule))]
[JsonSerializable(typeof(Definition[]))]
internal sealed partial class CatalogJson : JsonSerializerContext;
