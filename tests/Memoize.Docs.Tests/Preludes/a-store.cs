using System.Text.Json.Serialization;
using Memoize;

public static class Program
{
    public static void Main() => Open(null!, null!);

    private static void Open(ICacheStore store, ICacheStore archive)
    {
        // (the block)
    }
}

// In a project it is a partial class with an attribute for each type.
public static class QuoteContext
{
    public static JsonSerializerContext Default => null!;
}
