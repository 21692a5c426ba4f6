namespace Memoize.Sqlite;

/// <summary>Why an entry left, as the file has it: the numbers stay as they are.</summary>
internal enum Departure
{
    Expired = 1,
    Evicted = 2,
    Invalidated = 3,
}
