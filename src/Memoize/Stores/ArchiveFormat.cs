namespace Memoize;

/// <summary>What the writer and the reader of archives have in common. docs/archive-format.md is the text to it.</summary>
internal static class ArchiveFormat
{
    /// <summary>The magic, the version, and two bytes that are zero.</summary>
    public const int HeaderLength = 12;

    /// <summary>The length of a record and its checksum.</summary>
    public const int PrefixLength = 8;

    /// <summary>What stands in place of a record's length before the trailer.</summary>
    public const uint TrailerMark = uint.MaxValue;

    /// <summary>The number of records.</summary>
    public const int TrailerLength = 8;

    /// <summary>No record is longer: a length that says so is damage, or forged.</summary>
    public const int MaxRecordLength = 1 << 30;

    public static ReadOnlySpan<byte> Magic => "MEMOARCH"u8;
}
