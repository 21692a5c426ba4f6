using System.Buffers.Binary;
using System.Text;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The bytes before a stored value: what goes in comes out, and what was damaged is found to be.</summary>
public sealed class EntryHeaderTests(ITestOutputHelper output)
{
    private static readonly StoreKey Key = new([.. Enumerable.Range(1, StoreKey.Length).Select(number => (byte)number)]);
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static EntryHeader Example => new()
    {
        Created = Now,
        Expires = Now.AddMinutes(5),
        StaleUntil = Now.AddMinutes(65),
        Version = 2,
        Code = 0x0123456789ABCDEF,
        Schema = 0xFEDCBA9876543210,
        Format = "json",
        Size = 500,
        Tags = ["symbol:MSFT", "Größe"],
    };

    // Byte for byte what docs/entry-format.md shows.
    [Fact]
    public void The_example_of_the_documentation_is_what_is_written()
    {
        string page = Repository.Read("docs", "entry-format.md");
        string example = page[(page.IndexOf("```hex\n", StringComparison.Ordinal) + 7)..];
        string[] lines = example[..example.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        byte[] documented = [.. lines.SelectMany(line => line[..line.IndexOf("  ", 6, StringComparison.Ordinal)][6..].Split(' ')).Select(pair => Convert.ToByte(pair, 16))];

        byte[] written = DocumentedExample();

        Assert.Equal(Convert.ToHexString(written), Convert.ToHexString(documented));
        int offset = 0;
        foreach (string line in lines)
        {
            Assert.Equal($"{offset:x4}", line[..4]);
            offset += line[..line.IndexOf("  ", 6, StringComparison.Ordinal)][6..].Split(' ').Length;
        }
    }

    [Fact]
    public void What_is_written_is_read()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++)
        {
            var header = RandomHeader(random);
            byte[] payload = new byte[random.Next(3) == 0 ? 0 : random.Next(300)];
            random.NextBytes(payload);

            string? problem = EntryHeader.Decode(Key, header.Encode(Key, payload), out var read, out var readPayload);

            Assert.True(problem is null, $"Seed {seed}: {problem}");
            AssertSame(header, read!);
            Assert.True(readPayload.Span.SequenceEqual(payload), $"Seed {seed}: the payload came back as another.");
        }
    }

    [Fact]
    public void A_value_that_does_not_expire_has_neither_moment()
    {
        var read = Read((Example with { Expires = null }).Encode(Key, []));

        Assert.Null(read.Expires);
        Assert.Null(read.StaleUntil);
    }

    [Fact]
    public void A_value_that_expires_and_is_not_to_be_served_stale_is_gone_when_it_expires()
    {
        var read = Read((Example with { StaleUntil = null }).Encode(Key, []));

        Assert.Equal(Example.Expires, read.StaleUntil);
    }

    [Fact]
    public void The_ends_of_time_are_moments_too()
    {
        var read = Read((Example with { Created = DateTimeOffset.MinValue, Expires = DateTimeOffset.MinValue, StaleUntil = DateTimeOffset.MaxValue }).Encode(Key, []));

        Assert.Equal(DateTimeOffset.MinValue, read.Created);
        Assert.Equal(DateTimeOffset.MinValue, read.Expires);
        Assert.Equal(DateTimeOffset.MaxValue, read.StaleUntil);
    }

    [Fact]
    public void Moments_are_kept_in_universal_time()
    {
        var there = new DateTimeOffset(2026, 1, 1, 14, 0, 0, TimeSpan.FromHours(2));

        var read = Read((Example with { Created = there }).Encode(Key, []));

        Assert.Equal(Now, read.Created);
        Assert.Equal(TimeSpan.Zero, read.Created.Offset);
    }

    [Fact]
    public void A_tag_can_have_65_535_bytes_and_an_entry_as_many_tags()
    {
        string longest = new('x', ushort.MaxValue);
        Assert.Equal([longest], Read((Example with { Tags = [longest] }).Encode(Key, [])).Tags);
        Assert.Equal(ushort.MaxValue, Read((Example with { Tags = new string[ushort.MaxValue].Select(_ => "").ToArray() }).Encode(Key, [])).Tags.Count);
    }

    [Fact]
    public void What_does_not_fit_into_a_header_is_refused_with_its_beginning()
    {
        string tooLong = "abc" + new string('ü', ushort.MaxValue / 2);

        var tag = Assert.Throws<ArgumentException>(() => (Example with { Tags = [tooLong] }).Encode(Key, []));
        var format = Assert.Throws<ArgumentException>(() => (Example with { Format = tooLong }).Encode(Key, []));
        var count = Assert.Throws<ArgumentException>(() => (Example with { Tags = new string[ushort.MaxValue + 1].Select(_ => "").ToArray() }).Encode(Key, []));

        Assert.Contains("65,535 bytes", tag.Message, StringComparison.Ordinal);
        Assert.Contains("\"abcü", tag.Message, StringComparison.Ordinal);
        Assert.Contains("65,535 bytes", format.Message, StringComparison.Ordinal);
        Assert.Contains("65,535 tags, not 65536", count.Message, StringComparison.Ordinal);
    }

    // Damage

    [Fact]
    public void Every_damaged_byte_is_found_whatever_it_became()
    {
        byte[] content = DocumentedExample();
        for (int i = 0; i < content.Length; i++)
        {
            byte good = content[i];
            for (int change = 1; change <= byte.MaxValue; change++)
            {
                content[i] = (byte)(good ^ change);
                AssertDamaged(content, $"byte {i} became {content[i]:x2}");
            }

            content[i] = good;
        }

        Assert.Null(EntryHeader.Decode(Key, content, out _, out _));
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        byte[] content = DocumentedExample();
        for (int length = 0; length < content.Length; length++) AssertDamaged(content[..length], $"cut to {length}");
    }

    [Fact]
    public void Whatever_was_added_is_found()
    {
        byte[] content = DocumentedExample();
        for (int added = 1; added < 100; added++)
        {
            AssertDamaged([.. content, .. new byte[added]], $"{added} bytes were added");
            AssertDamaged([.. new byte[added], .. content], $"{added} bytes were put before it");
        }
    }

    [Fact]
    public void Two_bytes_that_changed_places_are_found()
    {
        byte[] content = DocumentedExample();
        for (int i = 0; i < content.Length; i++)
        {
            for (int j = i + 1; j < content.Length; j++)
            {
                if (content[i] == content[j]) continue;

                (content[i], content[j]) = (content[j], content[i]);
                AssertDamaged(content, $"{i} and {j} changed places");
                (content[i], content[j]) = (content[j], content[i]);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_no_entry()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] content = new byte[random.Next(300)];
            random.NextBytes(content);
            AssertDamaged(content, $"seed {seed}");
        }
    }

    // Anybody can make a checksum: behind a right one there is no trust either.
    [Fact]
    public void Random_bytes_with_a_right_beginning_and_a_right_checksum_are_read_or_reported_and_never_thrown_over()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] content = RandomHeader(random).Encode(Key, new byte[random.Next(20)]);
            for (int changes = random.Next(1, 5); changes > 0; changes--) content[random.Next(4, content.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) Array.Resize(ref content, random.Next(72, content.Length + 1));
            content[4] = EntryHeader.FormatVersion;
            Sign(content);

            string? problem = EntryHeader.Decode(Key, content, out var header, out var payload);

            Assert.Equal(problem is null, header is not null);
            if (header is null) Assert.Equal(0, payload.Length);
            else read++;
        }

        Assert.InRange(read, 1, 49_999);
    }

    [Fact]
    public void A_problem_says_what_is_wrong()
    {
        Assert.Contains("10 bytes", Problem(content => content[..10]), StringComparison.Ordinal);
        Assert.Contains("does not begin like an entry", Problem(content => Changed(content, 0, (byte)'X')), StringComparison.Ordinal);
        Assert.Contains("checksum", Problem(content => Changed(content, content.Length - 1, 0)), StringComparison.Ordinal);
        Assert.Contains("lengths", Problem(content => Sign(Changed(content, 56, 0))), StringComparison.Ordinal);
        Assert.Contains("moments", Problem(content => Sign(Changed(content, 19, 0x7F))), StringComparison.Ordinal);
        Assert.Contains("strings", Problem(content => Sign(Changed(content, 73, 0xFF))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_of_the_format_that_is_not_known_is_named()
    {
        string problem = Problem(content => Sign(Changed(content, 4, 9)));

        Assert.Contains("version 9", problem, StringComparison.Ordinal);
        Assert.Contains("reads version 2", problem, StringComparison.Ordinal);
    }

    // Else an entry with another flag beside that of expiry would be one that never expires.
    [Fact]
    public void Flags_that_are_not_known_are_not_overlooked() =>
        Assert.Contains("flags 3", Problem(content => Sign(Changed(content, 5, 3))), StringComparison.Ordinal);

    // Versions

    [Fact]
    public void Content_under_another_key_is_damaged()
    {
        byte[] content = DocumentedExample();
        byte[] bytes = Key.ToArray();
        for (int bit = 0; bit < 8 * StoreKey.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var other = new StoreKey(bytes);

            Assert.Contains("another key's", EntryHeader.Decode(other, content, out var header, out _), StringComparison.Ordinal);
            Assert.Null(header);
            Assert.False(EntryHeader.IsOfAnotherVersion(other, content));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void What_is_whole_and_of_another_version_is_told_from_what_is_damaged()
    {
        byte[] first = OfFirstVersion(DocumentedExample());
        byte[] later = Sign([.. DocumentedExample()[..4], 3, .. DocumentedExample()[5..]]);
        byte[] short_ = Sign([.. "MEMO"u8, 200, 0, 0, 0, 0, 0, 0, 0, 1]);
        byte[] flagged = Sign(Changed(DocumentedExample(), 5, 3));

        Assert.All((byte[][])[first, later, short_, flagged], content =>
        {
            Assert.True(EntryHeader.IsOfAnotherVersion(Key, content));
            Assert.Contains("this library reads version 2", EntryHeader.Decode(Key, content, out var header, out _), StringComparison.Ordinal);
            Assert.Null(header);
            for (int i = 0; i < content.Length; i++)
            {
                content[i] ^= 1;
                Assert.False(EntryHeader.IsOfAnotherVersion(Key, content), $"Byte {i} was changed.");
                content[i] ^= 1;
            }
        });
        Assert.False(EntryHeader.IsOfAnotherVersion(Key, DocumentedExample()));
    }

    [Fact]
    public void What_later_libraries_put_between_the_strings_and_the_payload_is_passed_over()
    {
        byte[] content = Example.Encode(Key, "value"u8);
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(60));
        byte[] extended = [.. content[..headerLength], 1, 2, 3, .. content[headerLength..]];
        BinaryPrimitives.WriteInt32LittleEndian(extended.AsSpan(60), headerLength + 3);
        Sign(extended);

        Assert.Null(EntryHeader.Decode(Key, extended, out var header, out var payload));
        AssertSame(Example, header!);
        Assert.Equal("value", Encoding.UTF8.GetString(payload.Span));
    }

    [Fact]
    public void The_checksum_is_crc_32c()
    {
        byte[] content = DocumentedExample();

        Assert.Equal(0xE3069283, Crc32C("123456789"u8));
        Assert.Equal(Crc32C([.. Key.ToArray(), .. content[..8], .. content[12..]]), BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(8)));
    }

    private static byte[] DocumentedExample() => Example.Encode(Key, """{"price":1}"""u8);

    private static EntryHeader Read(byte[] content)
    {
        Assert.Null(EntryHeader.Decode(Key, content, out var header, out _));
        return header!;
    }

    private static string Problem(Func<byte[], byte[]> damage)
    {
        string? problem = EntryHeader.Decode(Key, damage(DocumentedExample()), out var header, out _);
        Assert.Null(header);
        Assert.NotNull(problem);
        return problem;
    }

    // As libraries wrote it before the checksum covered the key.
    private static byte[] OfFirstVersion(byte[] content)
    {
        content[4] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Crc32C([.. content[..8], .. content[12..]]));
        return content;
    }

    private static byte[] Changed(byte[] content, int at, byte value)
    {
        content[at] = value;
        return content;
    }

    private static byte[] Sign(byte[] content)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Crc32C([.. Key.ToArray(), .. content[..8], .. content[12..]]));
        return content;
    }

    // Bit by bit, as RFC 3720 has it, and so by another way than the code's.
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            checksum ^= one;
            for (int bit = 0; bit < 8; bit++) checksum = (checksum >> 1) ^ ((checksum & 1) == 0 ? 0 : 0x82F63B78);
        }

        return ~checksum;
    }

    private static void AssertDamaged(byte[] content, string how)
    {
        string? problem = EntryHeader.Decode(Key, content, out var header, out var payload);
        Assert.True(problem is not null && header is null && payload.IsEmpty, $"Not found to be damaged: {how}.");
    }

    private static void AssertSame(EntryHeader expected, EntryHeader actual)
    {
        Assert.Equal(expected.Created, actual.Created);
        Assert.Equal(expected.Expires, actual.Expires);
        Assert.Equal(expected.Expires is null ? null : expected.StaleUntil ?? expected.Expires, actual.StaleUntil);
        Assert.Equal(expected.Version, actual.Version);
        Assert.Equal(expected.Code, actual.Code);
        Assert.Equal(expected.Schema, actual.Schema);
        Assert.Equal(expected.Format, actual.Format);
        Assert.Equal(expected.Size, actual.Size);
        Assert.Equal(expected.Tags, actual.Tags);
    }

    private static EntryHeader RandomHeader(Random random)
    {
        return new EntryHeader
        {
            Created = Moment(),
            Expires = random.Next(3) == 0 ? null : Moment(),
            StaleUntil = random.Next(3) == 0 ? null : Moment(),
            Version = random.Next(int.MinValue, int.MaxValue),
            Code = (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            Schema = (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            Format = Text(),
            Size = random.NextInt64(),
            Tags = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Text())],
        };

        DateTimeOffset Moment() => new(random.NextInt64(DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

        string Text() => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => new Rune(random.Next(5) == 0 ? random.Next(0x1F600, 0x1F640) : random.Next(0xD000))));
    }
}
