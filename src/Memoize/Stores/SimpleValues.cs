using System.Collections.Frozen;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Memoize;

/// <summary>How values of simple types are written whose type is only known at run time.</summary>
internal static class SimpleValues
{
    public static readonly FrozenDictionary<Type, Action<object, StoreKeyWriter>> Writers = new Dictionary<Type, Action<object, StoreKeyWriter>>
    {
        [typeof(bool)] = static (value, writer) => writer.Write((bool)value),
        [typeof(sbyte)] = static (value, writer) => writer.Write((long)(sbyte)value),
        [typeof(byte)] = static (value, writer) => writer.Write((long)(byte)value),
        [typeof(short)] = static (value, writer) => writer.Write((short)value),
        [typeof(ushort)] = static (value, writer) => writer.Write((long)(ushort)value),
        [typeof(int)] = static (value, writer) => writer.Write((int)value),
        [typeof(uint)] = static (value, writer) => writer.Write((long)(uint)value),
        [typeof(long)] = static (value, writer) => writer.Write((long)value),
        [typeof(ulong)] = static (value, writer) => writer.Write((ulong)value),
        [typeof(nint)] = static (value, writer) => writer.Write((long)(nint)value),
        [typeof(nuint)] = static (value, writer) => writer.Write((ulong)(nuint)value),
        [typeof(Int128)] = static (value, writer) => writer.Write((Int128)value),
        [typeof(UInt128)] = static (value, writer) => writer.Write((UInt128)value),
        [typeof(BigInteger)] = static (value, writer) => writer.Write((BigInteger)value),
        [typeof(char)] = static (value, writer) => writer.Write((char)value),
        [typeof(Half)] = static (value, writer) => writer.Write((Half)value),
        [typeof(float)] = static (value, writer) => writer.Write((float)value),
        [typeof(double)] = static (value, writer) => writer.Write((double)value),
        [typeof(decimal)] = static (value, writer) => writer.Write((decimal)value),
        [typeof(string)] = static (value, writer) => writer.Write((string)value),
        [typeof(Guid)] = static (value, writer) => writer.Write((Guid)value),
        [typeof(DateTime)] = static (value, writer) => writer.Write((DateTime)value),
        [typeof(DateTimeOffset)] = static (value, writer) => writer.Write((DateTimeOffset)value),
        [typeof(DateOnly)] = static (value, writer) => writer.Write((DateOnly)value),
        [typeof(TimeOnly)] = static (value, writer) => writer.Write((TimeOnly)value),
        [typeof(TimeSpan)] = static (value, writer) => writer.Write((TimeSpan)value),
        [typeof(Uri)] = static (value, writer) => writer.Write((Uri)value),
        [typeof(HttpMethod)] = static (value, writer) => writer.Write((HttpMethod)value),
        [typeof(StringBuilder)] = static (value, writer) => writer.Write((StringBuilder)value),
        [typeof(JsonElement)] = static (value, writer) => writer.Write((JsonElement)value),
        [typeof(Version)] = static (value, writer) => writer.Write((Version)value),
    }.ToFrozenDictionary();
}
