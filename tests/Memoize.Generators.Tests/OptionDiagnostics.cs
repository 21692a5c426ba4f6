namespace Memoize.Generators.Tests;

/// <summary>Options that cannot work are refused while compiling, with a message that says what to write.</summary>
public sealed class OptionDiagnostics
{
    [Theory]
    [InlineData("\"10\"", "write \"10s\", \"10m\", \"10h\" or \"10d\"")]
    [InlineData("\"24:00:00\"", "write \"1d\"")]
    [InlineData("\"00:90:00\"", "write \"1h30m\"")]
    [InlineData("\"5:00\"", "two digits each")]
    [InlineData("\"5M\"", "write \"5m\"")]
    [InlineData("\"5 m\"", "write \"5m\"")]
    [InlineData("\"1.5h\"", "next smaller unit")]
    [InlineData("\"0s\"", "longer than zero")]
    [InlineData("\"-5m\"", "longer than zero")]
    [InlineData("\"\"", "longer than zero")]
    [InlineData("\"30m1h\"", "from days down")]
    [InlineData("Sliding = \"10\"", "for Sliding")]
    [InlineData("WaitTimeout = \"10\"", "for WaitTimeout")]
    public void A_duration_says_its_unit(string option, string advice) => MustRefuse("MEMO008", advice, option);

    [Theory]
    [InlineData("Capacity = 0", "Capacity is 0; write 1 or more")]
    [InlineData("MaxConcurrency = -1", "MaxConcurrency is -1")]
    [InlineData("MaxSize = -1", "MaxSize is -1")]
    [InlineData("TagCapacity = -1, Tags = [\"a\"]", "TagCapacity is -1")]
    [InlineData("Jitter = 1.5", "Jitter is 1.5; write a share of the life, from 0 to 1")]
    [InlineData("Jitter = double.NaN", "Jitter is NaN")]
    [InlineData("OnFailure = (OnFailure)7", "write OnFailure.Share or OnFailure.Retry")]
    [InlineData("OnWaitTimeout = (OnWaitTimeout)7, WaitTimeout = \"1s\"", "write OnWaitTimeout.Throw")]
    [InlineData("Scope = (CacheScope)7", "write CacheScope.Shared")]
    public void A_number_is_in_its_range(string option, string advice) => MustRefuse("MEMO009", advice, option);

    [Theory]
    [InlineData("\"5m\", RefreshAfter = \"300s\"", "write less than the Duration of \"5m\"")]
    [InlineData("\"5m\", Sliding = \"5m\"", "write less than \"5m\"")]
    [InlineData("SoftTimeout = \"1s\"", "set StaleOnError too")]
    [InlineData("SoftTimeout = \"2s\", StaleOnError = \"1h\", Timeout = \"1s\"", "write less than \"1s\"")]
    [InlineData("OnWaitTimeout = OnWaitTimeout.ComputeUncached", "set WaitTimeout too")]
    [InlineData("OnFailure = OnFailure.Retry, FailureDuration = \"1s\"", "leave one of them out")]
    [InlineData("TagCapacity = 5", "set Tags too")]
    [InlineData("MaxSize = 5", "Size = nameof(…)")]
    public void Options_do_not_contradict_each_other(string options, string advice) => MustRefuse("MEMO011", advice, options);

    [Theory]
    [InlineData("When = \"Missing\"", "which does not exist; write 'private bool Missing(string? value)'")]
    [InlineData("When = nameof(TwoParameters)", "which has another signature; write 'private bool TwoParameters(string? value)'")]
    [InlineData("When = nameof(NotNull)", "write 'private bool NotNull(string? value)'")]
    [InlineData("When = nameof(LifeOf)", "write 'private bool LifeOf(string? value)'")]
    [InlineData("When = nameof(IsGood), DurationFrom = nameof(IsGood)", "write 'private System.TimeSpan IsGood(string? value)'")]
    [InlineData("DurationFrom = nameof(Field)", "write 'private System.TimeSpan Field(string? value)'")]
    public void The_methods_that_options_name_exist(string options, string advice) => MustRefuse("MEMO012", advice, options);

    [Fact]
    public void A_static_method_has_no_instance_to_ask() => MustReport("MEMO012", "needs an instance, but the cached method is static; write 'private static bool M(int value)'", """
        partial class C
        {
            [CachedResponse(When = nameof(M))] static Task<int> Get(int x) => Task.FromResult(x);
            bool M(int value) => true;
        }
        """);

    [Theory]
    [InlineData("symbol:{simbol}", "placeholder '{simbol}' that names no parameter of 'Get'; write {symbol} or {list} or {level}")]
    [InlineData("{token}", "not in the key")]
    [InlineData("{list}", "no text that would tell values apart")]
    [InlineData("{symbol", "not closed")]
    [InlineData("symbol}", "without an opening one")]
    [InlineData("{}", "names no parameter")]
    [InlineData("", "is empty")]
    public void The_placeholders_of_tags_name_parameters(string tag, string advice) => MustRefuse("MEMO013", advice, $"Tags = [\"ok\", \"{tag}\"]");

    [Theory]
    [InlineData("Name = \"a b\"")]
    [InlineData("Core = \"\"")]
    [InlineData("Handle = \"1\"")]
    [InlineData("When = \"x.y\"")]
    public void Names_are_identifiers(string option) => MustRefuse("MEMO016", "write a C# identifier", option);

    [Fact]
    public void A_store_has_a_name() => MustRefuse("MEMO017", "leave Store out", "Store = \" \"");

    [Fact]
    public void A_synchronous_method_with_a_time_out_takes_a_token()
    {
        MustReport("MEMO014", "add a CancellationToken parameter to 'Get'", """
            partial class C { [CachedResponse(Timeout = "1s")] int Get(int x) => x; }
            """);
        MustReport("MEMO014", "add a CancellationToken parameter to 'GetCore'", """
            partial class C { [CachedResponse(Timeout = "1s")] private partial int Get(int x, CancellationToken token); int GetCore(int x) => x; }
            """);
        Assert.Empty(Consumer.Diagnose("""
            partial class C
            {
                [CachedResponse(Timeout = "1s")] private partial int Get(int x);
                int GetCore(int x, CancellationToken token) => x;
                [CachedResponse(Timeout = "1s")] Task<int> LoadAsync(int x) => Task.FromResult(x);
            }
            """));
    }

    [Theory]
    [InlineData("partial class C { [CachedResponse(Scope = CacheScope.Instance)] static int Get(int x) => x; }", "is static")]
    [InlineData("partial struct C { [CachedResponse(Scope = CacheScope.Instance)] int Get(int x) => x; }", "'C' is a struct")]
    public void The_scope_Instance_belongs_to_an_object(string source, string advice) => MustReport("MEMO015", advice, source);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once() => Assert.Equal(
        "MEMO011 MEMO011 MEMO012 MEMO013",
        string.Join(" ", Consumer.Diagnose("""
            partial class C
            {
                [CachedResponse("5m", Sliding = "6m", RefreshAfter = "7m", When = "M", Tags = ["{y}"])] int Get(int x) => x;
            }
            """).Select(static message => message[.."MEMO000".Length])));

    private static void MustRefuse(string id, string advice, string options) => MustReport(id, advice, $$"""
        enum Level { Low }
        partial class C
        {
            [CachedResponse({{options}})] Task<string?> Get(string symbol, IReadOnlyList<int> list, Level? level, CancellationToken token) => null!;
            int Field;
            bool TwoParameters(string? a, int b) => true;
            bool NotNull(string value) => true;
            bool IsGood(string? value) => true;
            TimeSpan LifeOf(string? value) => default;
        }
        """.Replace("IReadOnlyList<int> list", options.Contains("Tags = ", StringComparison.Ordinal) ? "IReadOnlyList<int> list" : "int list", StringComparison.Ordinal));

    private static void MustReport(string id, string advice, string source)
    {
        var message = Assert.Single(Consumer.Diagnose(source), message => message.StartsWith(id, StringComparison.Ordinal));
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }
}
