namespace Memoize.Tests;

/// <summary>Defects that other caches had in their keys, against methods that the generator wrapped.</summary>
public sealed partial class KeyDefectTests
{
    [Fact]
    public void D15_Two_methods_overloads_and_generic_arguments_share_no_key()
    {
        using var memoizer = new Memoizer();
        var catalog = new Catalog(memoizer, "tenant");

        Assert.Equal("name of 1", catalog.GetName(1));
        Assert.Equal("title of 1", catalog.GetTitle(1));
        Assert.Equal("name of text 1", catalog.GetName("1"));
        Assert.Equal("Int32 1", catalog.Describe(1));
        Assert.Equal("Int64 1", catalog.Describe(1L));
        Assert.Equal("String 1", catalog.Describe("1"));
        Assert.Equal("Object 1", catalog.Describe<object>("1"));
        Assert.Equal(7, catalog.Runs);
    }

    [Fact]
    public void D16_Arguments_are_not_joined()
    {
        using var memoizer = new Memoizer();
        var catalog = new Catalog(memoizer, "tenant");

        Assert.Equal("[a:b][c]", catalog.Join("a:b", "c"));
        Assert.Equal("[a][b:c]", catalog.Join("a", "b:c"));
        Assert.Equal("[a b][]", catalog.Join("a b", ""));
        Assert.Equal("[a][ b]", catalog.Join("a", " b"));
        Assert.Equal("[][ab]", catalog.Join(null, "ab"));
        Assert.Equal("[null][ab]", catalog.Join("null", "ab"));
    }

    [Fact]
    public void D17_Every_parameter_and_the_state_that_matters_is_in_the_key()
    {
        using var memoizer = new Memoizer();
        var one = new Catalog(memoizer, "one");
        var two = new Catalog(memoizer, "two");

        Assert.Equal("one: 0.1 of gpt", one.Ask("gpt", 0.1));
        Assert.Equal("one: 0.2 of gpt", one.Ask("gpt", 0.2));
        Assert.Equal("two: 0.1 of gpt", two.Ask("gpt", 0.1));
        Assert.Equal("one: 0.1 of gpt", new Catalog(memoizer, "one").Ask("gpt", 0.1));
        Assert.Equal((2, 1), (one.Runs, two.Runs));
    }

    [Fact]
    public void D18_Null_is_kept()
    {
        using var memoizer = new Memoizer();
        var catalog = new Catalog(memoizer, "tenant");

        Assert.Null(catalog.Find("nothing"));
        Assert.Null(catalog.Find("nothing"));

        Assert.Equal(1, catalog.Runs);
    }

    private sealed partial class Catalog(Memoizer memoizer, [CacheKey] string tenant)
    {
        private int _runs;

        public int Runs => _runs;

        [CachedResponse("5m")]
        public partial string GetName(int id);

        [CachedResponse("5m")]
        public partial string GetName(string id);

        [CachedResponse("5m")]
        public partial string GetTitle(int id);

        [CachedResponse("5m")]
        public partial string Describe<T>(T value);

        [CachedResponse("5m")]
        public partial string Join(string? left, string right);

        [CachedResponse("5m")]
        public partial string Ask(string model, double temperature);

        [CachedResponse("5m")]
        public partial string? Find(string name);

        private string GetNameCore(int id) => Run($"name of {id}");

        private string GetNameCore(string id) => Run($"name of text {id}");

        private string GetTitleCore(int id) => Run($"title of {id}");

        private string DescribeCore<T>(T value) => Run($"{typeof(T).Name} {value}");

        private string JoinCore(string? left, string right) => Run($"[{left}][{right}]");

        private string AskCore(string model, double temperature) => Run(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{tenant}: {temperature} of {model}"));

        private string? FindCore(string name) => Run("") + name == "" ? name : null;

        private string Run(string result)
        {
            Interlocked.Increment(ref _runs);
            return result;
        }
    }
}
