using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize;

/// <summary>Results as JSON, by System.Text.Json.</summary>
/// <remarks>
/// Thread-safe. Values come back as their declared type: a derived value does not, and stays in memory, unless System.Text.Json
/// is told of its type.
/// </remarks>
public sealed class JsonCacheSerializer : ICacheSerializer
{
    private readonly JsonSerializerOptions _options;

    /// <summary>The options that it writes and reads with.</summary>
    internal JsonSerializerOptions Options => _options;

    /// <summary>For the types that <paramref name="context"/> knows. Nothing is looked up at run time: fit for trimmed and natively compiled programs.</summary>
    public JsonCacheSerializer(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = context.Options;
    }

    /// <summary>With options of your own.</summary>
    /// <param name="options">The options. They need a <see cref="JsonSerializerOptions.TypeInfoResolver"/>.</param>
    /// <exception cref="ArgumentException">The options have no resolver.</exception>
    public JsonCacheSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.TypeInfoResolver is null) throw new ArgumentException($"The options have no {nameof(JsonSerializerOptions.TypeInfoResolver)}; set it, to a {nameof(JsonSerializerContext)} of yours for example.", nameof(options));

        _options = options;
    }

    /// <inheritdoc/>
    public string Format => "json";

    /// <summary>
    /// <c>json:</c> and a fingerprint of what the options make of the type: names, converters, what is left out. Entries that were
    /// written with options that mean something else are misses (<see cref="MissReason.SchemaChanged"/>).
    /// </summary>
    public string FormatOf<T>() => $"{Format}:{JsonContract.FingerprintOf(typeof(T), _options)}";

    /// <summary>Of any type, found out at run time by reflection.</summary>
    /// <exception cref="InvalidOperationException">The program was published without reflection for JSON.</exception>
    internal static JsonCacheSerializer ByReflection()
    {
        if (!JsonSerializer.IsReflectionEnabledByDefault)
            throw new InvalidOperationException($"There is a store, but nothing to write results with: this program was published without JSON by reflection. Set {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Serializer)} to a new {nameof(JsonCacheSerializer)} with a {nameof(JsonSerializerContext)} that has the results' types.");

        return new JsonCacheSerializer(ReflectionOptions());
    }

    /// <inheritdoc/>
    public void Serialize<T>(T value, IBufferWriter<byte> destination)
    {
        using var writer = new Utf8JsonWriter(destination);
        JsonSerializer.Serialize(writer, value, Of<T>());
    }

    /// <inheritdoc/>
    public T? Deserialize<T>(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize(payload, Of<T>());

    private JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Not reached where reflection for JSON is switched off, as trimmed and natively compiled programs have it.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Not reached where reflection for JSON is switched off, as trimmed and natively compiled programs have it.")]
    private static JsonSerializerOptions ReflectionOptions() => JsonSerializerOptions.Default;
}
