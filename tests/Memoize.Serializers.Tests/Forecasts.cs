using Memoize;
using MemoryPack;

namespace Forecasting;

/// <summary>What JSON loses: tuples, and fields.</summary>
public sealed partial class Forecasts(Memoizer memoizer)
{
    private readonly Memoizer _memoizer = memoizer;

    /// <summary>How often a method has run.</summary>
    public int Runs { get; private set; }

    [CachedResponse("1h")]
    public partial (double Low, double High) Range(string city);

    [CachedResponse("1h")]
    public partial Place Find(string city);

    [CachedResponse("1h")]
    public partial IReadOnlyList<Day> Week(string city);

    [CachedResponse("1h")]
    public partial IReadOnlyDictionary<string, IReadOnlyList<(int Hour, double Degrees)>> Hours(string city);

    private (double Low, double High) RangeCore(string city) => Count((-0.5, city.Length));

    private Place FindCore(string city) => Count(new Place { Name = city, Latitude = 48.2, Longitude = 16.4 });

    private IReadOnlyList<Day> WeekCore(string city) => Count<IReadOnlyList<Day>>(new List<Day> { new(city, new DateOnly(2026, 11, 27), 3.5), new(city, new DateOnly(2026, 11, 28), null) });

    private IReadOnlyDictionary<string, IReadOnlyList<(int Hour, double Degrees)>> HoursCore(string city) =>
        Count<IReadOnlyDictionary<string, IReadOnlyList<(int Hour, double Degrees)>>>(new Dictionary<string, IReadOnlyList<(int, double)>> { [city] = [(1, 2.5), (2, -0.0)] });

    private T Count<T>(T value)
    {
        Runs++;
        return value;
    }
}

/// <summary>A place, in fields.</summary>
[MemoryPackable]
public partial struct Place
{
    public string Name;
    public double Latitude;
    public double Longitude;
}

/// <summary>A day's forecast.</summary>
[MemoryPackable]
public sealed partial record Day(string City, DateOnly Date, double? Degrees);
