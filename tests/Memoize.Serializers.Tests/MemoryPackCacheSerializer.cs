using System.Buffers;
using Memoize;
using MemoryPack;

/// <summary>Results as MemoryPack writes them: members in their order, without names.</summary>
public sealed class MemoryPackCacheSerializer(MemoryPackSerializerOptions? options = null) : ICacheSerializer
{
    private readonly MemoryPackSerializerOptions _options = options ?? MemoryPackSerializerOptions.Default;

    // Text in UTF-8 is other bytes than text in UTF-16.
    public string Format => $"memorypack:{_options.StringEncoding}";

    public void Serialize<T>(T value, IBufferWriter<byte> destination) => MemoryPackSerializer.Serialize(destination, value, _options);

    public T? Deserialize<T>(ReadOnlySpan<byte> payload) => MemoryPackSerializer.Deserialize<T>(payload, _options);
}
