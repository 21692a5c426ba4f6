// Around blocks that have the path of a cache file.
using Memoize;
using Memoize.Sqlite;

public static class SqliteProgram
{
    public static void Run(string path)
    {
        // (the block)
    }
}
