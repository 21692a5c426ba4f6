// MEMO002
internal static partial class Extension
{
    extension(string text)
    {
        [CachedResponse("5m")]
        public partial int Get(int i);
    }
}
