using Memoize.CodeFixes;

namespace Memoize.Generators.Tests.CodeFixes;

/// <summary>What each code fix makes of a file.</summary>
public sealed class Corrections
{
    [Fact]
    public async Task The_whole_chain_of_types_becomes_partial() => await Fixing.MustBecomeAsync(
        new MakePartialFix(),
        """
        /// <summary>Outer.</summary>
        [Serializable]
        public static class Outer
        {
            // A comment.
            record struct Inner(int Value)
            {
                [CachedResponse("5m")] public static int Get(int x) => x;
            }

            sealed class Other
            {
                [CachedResponse("5m")] public static int Get(int x) => x;
                class Nested<T> { [CachedResponse("5m")] public static int Get(int x) => x; }
            }
        }
        // Alone.
        class Alone { [CachedResponse("5m")] public static int Get(int x) => x; }
        """,
        """
        /// <summary>Outer.</summary>
        [Serializable]
        public static partial class Outer
        {
            // A comment.
            partial record struct Inner(int Value)
            {
                [CachedResponse("5m")] public static int Get(int x) => x;
            }

            sealed partial class Other
            {
                [CachedResponse("5m")] public static int Get(int x) => x;
                partial class Nested<T> { [CachedResponse("5m")] public static int Get(int x) => x; }
            }
        }
        // Alone.
        partial class Alone { [CachedResponse("5m")] public static int Get(int x) => x; }
        """);

    [Fact]
    public async Task The_core_is_created_beside_its_method() => await Fixing.MustBecomeAsync(
        new CreateCoreFix(),
        """
        public partial class Quotes
        {
            /// <summary>Gets.</summary>
            [CachedResponse("5m")]
            public virtual partial Task<int> GetAsync(string symbol, [System.ComponentModel.Description("")] int count = 3, CancellationToken cancellationToken = default);

            [CachedResponse("5m", Core = nameof(Fetch))]
            internal static partial T Load<T>(in T x, params string[] names) where T : struct;
        }
        """,
        """
        public partial class Quotes
        {
            /// <summary>Gets.</summary>
            [CachedResponse("5m")]
            public virtual partial Task<int> GetAsync(string symbol, [System.ComponentModel.Description("")] int count = 3, CancellationToken cancellationToken = default);

            private Task<int> GetCoreAsync(string symbol, int count, CancellationToken cancellationToken) => throw new NotImplementedException();

            [CachedResponse("5m", Core = nameof(Fetch))]
            internal static partial T Load<T>(in T x, params string[] names) where T : struct;

            private static T Fetch<T>(in T x, string[] names) where T : struct => throw new NotImplementedException();
        }
        """);

    [Fact]
    public async Task A_field_or_property_is_put_into_the_key_also_in_another_file() => await Fixing.MustBecomeAsync(
        new AddCacheKeyFix(),
        [
            """
            public partial class Quotes
            {
                [CachedResponse("5m")] public string One(int x) => _address + Currency;
                [CachedResponse("5m")] public string Two(int x) => _address;
            }
            """,
            """
            public partial class Quotes
            {
                /// <summary>Where.</summary>
                private string _address = "";

                [Obsolete] public string Currency { get; set; } = "";
            }
            """,
        ],
        [
            """
            public partial class Quotes
            {
                [CachedResponse("5m")] public string One(int x) => _address + Currency;
                [CachedResponse("5m")] public string Two(int x) => _address;
            }
            """,
            """
            public partial class Quotes
            {
                /// <summary>Where.</summary>
                [CacheKey]
                private string _address = "";

                [CacheKey]
                [Obsolete] public string Currency { get; set; } = "";
            }
            """,
        ]);

    [Fact]
    public async Task A_parameter_of_a_primary_constructor_is_put_into_the_key() => await Fixing.MustBecomeAsync(
        new AddCacheKeyFix(),
        [
            """
            public partial class Quotes(HttpClient http, string address)
            {
                [CachedResponse("5m")] public string One(int x) => http.BaseAddress + address;
            }
            """,
        ],
        [
            """
            public partial class Quotes(HttpClient http, [CacheKey] string address)
            {
                [CachedResponse("5m")] public string One(int x) => http.BaseAddress + address;
            }
            """,
        ]);

    [Fact]
    public async Task Each_instance_gets_results_of_its_own() => await Fixing.MustBecomeAsync(
        new ScopeToInstanceFix(),
        """
        public partial class Quotes(string address)
        {
            [CachedResponse] public string One(bool x) => address;
            [CachedResponse("5m", Scope = CacheScope.Shared)] public string Two(int x) => address;
            [CachedResponse("5m")] public string Three(int x) => address;
        }
        """,
        """
        public partial class Quotes(string address)
        {
            [CachedResponse(Scope = CacheScope.Instance)] public string One(bool x) => address;
            [CachedResponse("5m", Scope = CacheScope.Instance)] public string Two(int x) => address;
            [CachedResponse("5m", Scope = CacheScope.Instance)] public string Three(int x) => address;
        }
        """);

    [Fact]
    public async Task A_struct_has_no_instance_that_results_could_belong_to() => await Fixing.MustNotBeOfferedAsync(
        new ScopeToInstanceFix(),
        """
        public readonly partial record struct Quotes(string Address)
        {
            [CachedResponse("5m")] public string One(int x) => Address;
        }
        """);

    [Fact]
    public async Task Options_without_effect_are_removed() => await Fixing.MustBecomeAsync(
        new RemoveOptionFix(),
        """
        public partial class Quotes
        {
            [CachedResponse("5m", Name = "Fetch", Capacity = 3)] public static partial int Get(int x);
            private static int GetCore(int x) => x;
            [CachedResponse(Core = nameof(GetCore))] public static int Load(bool x) => 1;
        }
        """,
        """
        public partial class Quotes
        {
            [CachedResponse("5m", Capacity = 3)] public static partial int Get(int x);
            private static int GetCore(int x) => x;
            [CachedResponse] public static int Load(bool x) => 1;
        }
        """);

    [Fact]
    public async Task A_parameter_is_left_out_of_the_key() => await Fixing.MustBecomeAsync(
        new AddCacheKeyIgnoreFix(),
        [
            """
            public partial class Quotes
            {
                [CachedResponse("5m")] public static string One(int x, Action<int> progress, Func<int>? next = null) => "";
            }
            """,
        ],
        [
            """
            public partial class Quotes
            {
                [CachedResponse("5m")] public static string One(int x, [CacheKeyIgnore] Action<int> progress, [CacheKeyIgnore] Func<int>? next = null) => "";
            }
            """,
        ]);

    [Fact]
    public async Task Durations_are_corrected_where_they_stand() => await Fixing.MustBecomeAsync(
        new CorrectDurationFix(),
        """
        public partial class Quotes
        {
            [CachedResponse("10 sec")] public static int One(int x) => x;
            [CachedResponse(Capacity = 3, Duration = /* a day */ "1 day")] public static int Two(int x) => x;
        }
        """,
        """
        public partial class Quotes
        {
            [CachedResponse("10s")] public static int One(int x) => x;
            [CachedResponse(Capacity = 3, Duration = /* a day */ "1d")] public static int Two(int x) => x;
        }
        """);

    [Theory]
    [InlineData("10", null)]
    [InlineData("90", null)]
    [InlineData("5 min", "5m")]
    [InlineData("5M", null)]
    [InlineData(" 5m ", "5m")]
    [InlineData("24:00:00", null)]
    [InlineData("36:30:00", "1d12h30m")]
    [InlineData("00:90:00", "1h30m")]
    [InlineData("1h30M", "1h30m")]
    [InlineData("2H", "2h")]
    [InlineData("1:00:00", "1h")]
    [InlineData("1.5h", "1h30m")]
    [InlineData("30m1h", "1h30m")]
    [InlineData("5m5m", null)]
    [InlineData("2 hours, 30 minutes", "2h30m")]
    [InlineData("90 seconds", "1m30s")]
    [InlineData("0", null)]
    [InlineData("0s", null)]
    [InlineData("5:00", null)]
    [InlineData("-5m", null)]
    [InlineData("a while", null)]
    [InlineData("", null)]
    public async Task Durations_are_corrected_where_there_is_one_reading(string written, string? corrected)
    {
        const string Source = """
            public partial class Quotes
            {
                [CachedResponse("…")] public static int One(int x) => x;
            }
            """;
        if (corrected is null)
            await Fixing.MustNotBeOfferedAsync(new CorrectDurationFix(), With(written));
        else
            await Fixing.MustBecomeAsync(new CorrectDurationFix(), With(written), With(corrected));

        static string With(string duration) => Source.Replace("…", duration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "5s", "5m", "5h", "5d")]
    [InlineData("5M", "5m", "150d")]
    [InlineData("24:00:00", "1d", "24d")]
    [InlineData("1h30M")] // is corrected without asking
    [InlineData("a while")]
    public async Task Of_several_readings_of_a_duration_the_author_chooses(string written, params string[] readings) => Assert.Equal(
        readings.Select(static reading => $"Write \"{reading}\""),
        await Fixing.OfferedAsync(new ChooseDurationFix(), $$"""
            public partial class Quotes
            {
                [CachedResponse("{{written}}")] public static int One(int x) => x;
            }
            """));

    [Fact]
    public async Task The_chosen_duration_is_written() => await Fixing.MustBecomeByHandAsync(
        new ChooseDurationFix(),
        """
        public partial class Quotes
        {
            [CachedResponse("10")] public static int One(int x) => x;
        }
        """,
        """
        public partial class Quotes
        {
            [CachedResponse("10s")] public static int One(int x) => x;
        }
        """);

    [Fact]
    public async Task What_it_means_to_leave_a_parameter_out_stands_in_the_title() => Assert.Equal(
        ["Leave 'source' out of the key: calls that differ in it share a result"],
        await Fixing.OfferedAsync(new AddCacheKeyIgnoreFix(), """
            public partial class Quotes
            {
                [CachedResponse("5m")] public static int One(int x, Func<int> source) => source();
            }
            """));

    [Fact]
    public async Task The_type_of_a_partial_method_becomes_partial_where_the_compiler_asks_for_it() => await Fixing.MustBecomeAsync(
        new MakePartialFix(),
        """
        static class Outer
        {
            class Inner { [CachedResponse("5m")] public partial int Get(int x); int GetCore(int x) => x; }
        }
        """,
        """
        static partial class Outer
        {
            partial class Inner { [CachedResponse("5m")] public partial int Get(int x); int GetCore(int x) => x; }
        }
        """);

    [Fact]
    public void Only_what_can_mean_nothing_else_can_be_applied_to_a_whole_solution() => Assert.Equal(
        ["AddTokenToCoreFix", "CallWrapperFix", "CorrectDurationFix", "MakePartialFix", "RemoveOptionFix"],
        typeof(MakePartialFix).Assembly.GetTypes()
            .Where(static type => type.IsSubclassOf(typeof(Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider)) && !type.IsAbstract)
            .Where(static type => ((Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider)Activator.CreateInstance(type)!).GetFixAllProvider() is not null)
            .Select(static type => type.Name)
            .Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_core_gets_the_token() => await Fixing.MustBecomeAsync(
        new AddTokenToCoreFix(),
        """
        public partial class Quotes
        {
            [CachedResponse("5m")] public static partial Task<int> GetAsync(int x, CancellationToken stop = default);
            private static Task<int> GetCoreAsync(int x) => Task.FromResult(x);

            [CachedResponse("5m")] public static partial Task<int> AllAsync(CancellationToken stop = default);
            private static Task<int> AllCoreAsync() => Task.FromResult(1);
        }
        """,
        """
        public partial class Quotes
        {
            [CachedResponse("5m")] public static partial Task<int> GetAsync(int x, CancellationToken stop = default);
            private static Task<int> GetCoreAsync(int x, CancellationToken stop) => Task.FromResult(x);

            [CachedResponse("5m")] public static partial Task<int> AllAsync(CancellationToken stop = default);
            private static Task<int> AllCoreAsync(CancellationToken stop) => Task.FromResult(1);
        }
        """);

    [Fact]
    public async Task The_wrapper_is_called_instead() => await Fixing.MustBecomeAsync(
        new CallWrapperFix(),
        """
        public partial class Quotes
        {
            [CachedResponse("5m")] public int Load(int x) => x;
            [CachedResponse("5m", Name = "Remembered")] public static int Of<T>(T x) => 1;
            public int Sum(Quotes? other) => Load(Load(1)) + this.Load(2) + (other?.Load(3) ?? 0) + Quotes.Of<int>(4);
            public IEnumerable<int> All(int[] x) => x.Select(Load).Select(this.Load).Select(Of<int>);
        }
        """,
        """
        public partial class Quotes
        {
            [CachedResponse("5m")] public int Load(int x) => x;
            [CachedResponse("5m", Name = "Remembered")] public static int Of<T>(T x) => 1;
            public int Sum(Quotes? other) => LoadCached(LoadCached(1)) + this.LoadCached(2) + (other?.LoadCached(3) ?? 0) + Quotes.Remembered<int>(4);
            public IEnumerable<int> All(int[] x) => x.Select(LoadCached).Select(this.LoadCached).Select(Remembered<int>);
        }
        """);
}
