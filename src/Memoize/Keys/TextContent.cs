using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Memoize;

/// <summary>JSON, by its text: spaces, the order of members and how a number is written count.</summary>
internal sealed class JsonContent : KeyContent<JsonElement>
{
    public static readonly JsonContent Instance = new();

    public override bool Equals(JsonElement x, JsonElement y) =>
        x.ValueKind == y.ValueKind && (x.ValueKind == JsonValueKind.Undefined || JsonMarshal.GetRawUtf8Value(x).SequenceEqual(JsonMarshal.GetRawUtf8Value(y)));

    public override int GetHashCode(JsonElement obj)
    {
        if (obj.ValueKind == JsonValueKind.Undefined) return 0;

        var hash = new HashCode();
        hash.AddBytes(JsonMarshal.GetRawUtf8Value(obj));
        return hash.ToHashCode();
    }

    // The document may be disposed of, and its memory used again.
    public override JsonElement Copy(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? value : value.Clone();

    public override string Describe(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "null" : value.GetRawText();
}

/// <summary>Texts that can change.</summary>
internal sealed class StringBuilderContent : KeyContent<StringBuilder>
{
    public static readonly StringBuilderContent Instance = new();

    public override bool Equals(StringBuilder? x, StringBuilder? y) => x is null ? y is null : x.Equals(y);

    public override int GetHashCode(StringBuilder? obj)
    {
        if (obj is null) return 0;

        // Character by character: where its chunks end, is no part of the text.
        var hash = new HashCode();
        foreach (var chunk in obj.GetChunks())
        {
            foreach (char character in chunk.Span) hash.Add(character);
        }

        return hash.ToHashCode();
    }

    public override StringBuilder Copy(StringBuilder value) => value is null ? value! : new StringBuilder().Append(value);

    public override string Describe(StringBuilder value) => value?.ToString() ?? "null";
}
