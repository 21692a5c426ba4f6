namespace Memoize.Generators.Tests.Analyzers;

/// <summary>G13–G15: what cannot be cached is reported where it has to be corrected, once.</summary>
public sealed class Errors
{
    [Fact]
    public async Task A_type_and_its_outer_type_must_be_partial_and_each_is_told_once() => await MustReport("""
        public class {|MEMO001:Outer|}
        {
            public class {|MEMO001:Inner|}
            {
                [CachedResponse("5m")] public int One(int x) => x;
                [CachedResponse("5m")] public int Two(int x) => x;
            }
            [CachedResponse("5m")] public int Three(int x) => x;
        }
        """);

    [Fact]
    public async Task Members_that_cannot_be_cached() => await MustReport("""
        public interface IQuotes
        {
            [CachedResponse("5m")] int {|MEMO002:Get|}(int x) => x;
        }
        public partial record Quotes
        {
            public int Property { [CachedResponse("5m")] {|MEMO002:get|} => 1; }
            [CachedResponse("5m")] public static int operator {|MEMO002:+|}(Quotes one, Quotes other) => 1;
            public int Outer(int x)
            {
                return Local(x) + new Func<int, int>([{|MEMO002:CachedResponse("5m")|}] (y) => y)(x);
                [{|MEMO002:CachedResponse("5m")|}] int Local(int y) => y;
            }
        }
        file partial class Hidden
        {
            [CachedResponse("5m")] public int {|MEMO002:Get|}(int x) => x;
        }
        """);

    [Fact]
    public async Task Methods_without_a_result() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public void {|MEMO003:One|}(int x) { }
            [CachedResponse("5m")] public Task {|MEMO003:Two|}(int x) => Task.CompletedTask;
            [CachedResponse("5m")] public async void {|MEMO003:Three|}(int x) => await Task.Yield();
        }
        """);

    [Fact]
    public async Task Parameters() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public int One(ref int {|MEMO004:x|}, out int {|MEMO004:y|}) => y = x;
            [CachedResponse("5m")] public int Two(Span<int> {|MEMO004:x|}) => x.Length;
            [CachedResponse("5m")] public int Three(Func<int> {|MEMO005:x|}) => x();
        }
        """);

    [Fact]
    public async Task A_partial_method_needs_a_core_of_its_signature()
    {
        var messages = await Analysis.MustReportAsync("""
            public partial class Quotes
            {
                [CachedResponse("5m")] public partial Task<int> {|MEMO006:GetAsync|}(string symbol, CancellationToken token);
                [CachedResponse("5m")] public static partial int Load(string folder);
                private static int {|MEMO007:LoadCore|}(int folder) => folder;
            }
            """);
        Assert.Contains("GetCoreAsync(string symbol, System.Threading.CancellationToken token)", messages[0], StringComparison.Ordinal);
        Assert.Contains("private static int LoadCore(string folder)", messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_reported_at_their_value() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse({|MEMO008:"10"|}, Capacity = {|MEMO009:0|})] public int One(int x) => x;
            [CachedResponse(Duration = {|MEMO008:"24:00:00"|})] public int Two(int x) => x;
            [CachedResponse(duration: {|MEMO008:"5 min"|})] public partial int Three(int x);
            private int ThreeCore(int x) => x;
        }
        """);

    [Fact]
    public async Task Names_that_are_taken() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public int {|MEMO010:Get|}(int x) => x;
            private int GetCached(int x) => x;
        }
        """);

    [Fact]
    public async Task Nothing_about_methods_that_are_cached_although_their_members_exist_by_now() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public partial Task<int> GetAsync(int x, CancellationToken token = default);
            private Task<int> GetCoreAsync(int x, CancellationToken token) => Task.FromResult(x);
            [CachedResponse("5m")] public int Load(int x) => x;
            [CachedResponse("5m")] public int Load(byte x) => x;
            [CachedResponse("5m")] public static int Generic<T>(T x) where T : struct => 1;
        }
        """);

    private static async Task MustReport(string marked) => await Analysis.MustReportAsync(marked);
}
