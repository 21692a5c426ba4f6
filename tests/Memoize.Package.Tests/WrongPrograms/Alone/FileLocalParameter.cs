// MEMO002
file sealed record Secret(int Value);

internal sealed partial class FileLocalParameter
{
    [CachedResponse("5m")]
    public partial int Get(Secret secret);

    private static int GetCore(Secret secret) => 1;
}
