namespace Memoize.Tests;

/// <summary>A key as stores know it.</summary>
public sealed class StoreKeyTests
{
    private const string Text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 31).Select(i => (byte)i), 255];

    [Fact]
    public void It_is_written_as_64_digits_in_lower_case()
    {
        Assert.Equal(Text, new StoreKey(Bytes).ToString());
        Assert.Equal(new string('0', 64), default(StoreKey).ToString());
    }

    [Fact]
    public void What_is_written_is_read_in_either_case()
    {
        Assert.True(StoreKey.TryParse(Text, out var key));
        Assert.Equal(new StoreKey(Bytes), key);
        Assert.True(StoreKey.TryParse(Text.ToUpperInvariant(), out key));
        Assert.Equal(new StoreKey(Bytes), key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff00")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efg")]
    [InlineData(" 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    [InlineData("0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    public void What_is_no_key_is_not_read(string? text)
    {
        Assert.False(StoreKey.TryParse(text, out var key));
        Assert.Equal(default, key);
    }

    [Fact]
    public void Its_bytes_are_those_it_was_made_of()
    {
        byte[] room = new byte[40];

        new StoreKey(Bytes).CopyTo(room);

        Assert.Equal(Bytes, new StoreKey(Bytes).ToArray());
        Assert.Equal(Bytes, room[..32]);
        Assert.Equal(new byte[8], room[32..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_refused(int length) =>
        Assert.Contains($"not {length}", Assert.Throws<ArgumentException>(() => new StoreKey(new byte[length])).Message, StringComparison.Ordinal);

    [Fact]
    public void Keys_are_equal_if_all_their_bytes_are()
    {
        var key = new StoreKey(Bytes);
        Assert.True(key == new StoreKey(Bytes));
        Assert.True(key.Equals((object)new StoreKey(Bytes)));
        Assert.Equal(key.GetHashCode(), new StoreKey(Bytes).GetHashCode());
        Assert.False(key.Equals("another type"));

        for (int i = 0; i < Bytes.Length; i++)
        {
            byte[] changed = [.. Bytes];
            changed[i] ^= 0x80;
            Assert.True(key != new StoreKey(changed), $"Byte {i} does not count.");
            Assert.False(key.Equals(new StoreKey(changed)));
        }
    }
}
