using System.Buffers;
using Memoize;
using MessagePack;
using MessagePack.Resolvers;

/// <summary>Results as MessagePack, by the names of their public members; types with [MessagePackObject] as that says.</summary>
public sealed class MessagePackCacheSerializer(MessagePackSerializerOptions? options = null) : ICacheSerializer
{
    private readonly MessagePackSerializerOptions _options = options ?? ContractlessStandardResolver.Options;

    // The resolver decides what is written of a type, the compression how.
    public string Format => $"messagepack:{_options.Resolver.GetType().FullName}:{_options.Compression}:{_options.OldSpec}";

    public void Serialize<T>(T value, IBufferWriter<byte> destination) => MessagePackSerializer.Serialize(destination, value, _options);

    public T? Deserialize<T>(ReadOnlySpan<byte> payload) => MessagePackSerializer.Deserialize<T>(payload.ToArray(), _options);
}
