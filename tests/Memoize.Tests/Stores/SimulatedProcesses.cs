using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>Memoizers that stand for processes: each has a memory of its own, and all share one store and one clock.</summary>
internal sealed class SimulatedProcesses
{
    public const string Name = "Tests.Load(string)";

    public ManualTimeProvider Time { get; } = new();

    public InMemoryClaimStore Store { get; }

    public RecordingLoggerFactory Log { get; } = new();

    public SimulatedProcesses() => Store = new InMemoryClaimStore(Time);

    /// <summary>A new process's view of the method.</summary>
    public CachedMethod<TextKey, string?> Start(CachePolicy<string?>? policy = null, Action<MemoizerOptions>? configure = null, ulong schema = 1, ulong code = 0, string name = Name) =>
        Start(NewMemoizer(configure), policy, schema, code, name);

    public static CachedMethod<TextKey, string?> Start(Memoizer memoizer, CachePolicy<string?>? policy = null, ulong schema = 1, ulong code = 0, string name = Name) =>
        Start<string?>(memoizer, policy, schema, code, name);

    public static CachedMethod<TextKey, TValue> Start<TValue>(Memoizer memoizer, CachePolicy<TValue>? policy = null, ulong schema = 1, ulong code = 0, string name = Name) =>
        new CachedMethodDefinition<TextKey, TValue>(name, policy ?? new(), FormOf(schema, code)).For(memoizer);

    public static StoredForm<TextKey> FormOf(ulong schema = 1, ulong code = 0) =>
        new() { WriteKey = static (key, writer) => writer.Write(key), Schema = schema, Code = code };

    /// <summary>The format that a memoizer without a serializer of its own writes.</summary>
    public static string FormatOf<T>() => JsonCacheSerializer.ByReflection().FormatOf<T>();

    public Memoizer NewMemoizer(Action<MemoizerOptions>? configure = null)
    {
        var options = new MemoizerOptions { TimeProvider = Time, LoggerFactory = Log, Store = Store.OfAnotherProcess(), AutomaticPruning = false };
        configure?.Invoke(options);
        return new Memoizer(options);
    }

    public static StoreKey KeyOf(string key) => StoreKeyWriter.KeyOf<TextKey>(Name, key, static (text, writer) => writer.Write(text));

    /// <summary>A process that takes the claim on a key and does nothing more, as if it had been killed.</summary>
    public StoreClaim ClaimAndDie(string key) => Store.TryClaim(new ClaimRequest { Key = KeyOf(key), Method = Name }).Claim!.Value;
}
