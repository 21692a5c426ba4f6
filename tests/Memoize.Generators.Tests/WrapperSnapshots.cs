using Memoize.Testing;

namespace Memoize.Generators.Tests;

/// <summary>The emitted text as people read it: one snapshot per form.</summary>
public sealed class WrapperSnapshots
{
    [Fact]
    public void An_asynchronous_partial_method_is_implemented_over_its_core()
    {
        var consumer = Consumer.Compile("""
            using System.Threading;
            using System.Threading.Tasks;
            using Memoize;

            namespace Shop;

            /// <summary>A price.</summary>
            public sealed record Quote(string Symbol, decimal Price);

            /// <summary>Quotes.</summary>
            public sealed partial class QuoteService(Memoizer memoizer)
            {
                private readonly Memoizer _memoizer = memoizer;

                /// <summary>Gets a quote.</summary>
                [CachedResponse("5m")]
                public partial Task<Quote> GetQuoteAsync(string symbol, int page, CancellationToken cancellationToken = default);

                private Task<Quote> GetQuoteCoreAsync(string symbol, int page, CancellationToken cancellationToken)
                    => Task.FromResult(new Quote(symbol, page));
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void A_synchronous_method_gets_a_sibling()
    {
        var consumer = Consumer.Compile("""
            using Memoize;

            namespace Rules;

            internal sealed record RuleSet(string Folder);

            internal partial class RuleCatalog
            {
                [CachedResponse]
                internal RuleSet LoadRules(string folder) => new(folder);
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void A_value_task_without_parameters_needs_no_key()
    {
        var consumer = Consumer.Compile("""
            using System.Threading.Tasks;
            using Memoize;

            internal static partial class Clock
            {
                [CachedResponse(Duration = "1h30m", Capacity = 1, Name = "NowAsync")]
                private static ValueTask<long> ReadAsync() => new(1L);

                internal static ValueTask<long> Call() => NowAsync();
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void Generic_methods_in_nested_generic_types_have_generic_handles()
    {
        var consumer = Consumer.Compile("""
            using System;
            using System.Collections.Generic;
            using System.Threading;
            using System.Threading.Tasks;
            using Memoize;

            namespace Store
            {
                internal partial record Outer<TKey> where TKey : notnull
                {
                    internal partial struct Inner
                    {
                        [CachedResponse("00:00:01.5", Core = nameof(Load))]
                        internal partial Task<List<T?>> GetAsync<T>(TKey id, T? filter, IProgress<int> progress) where T : class, IComparable<T>, new();

                        private ValueTask<List<T?>> Load<T>(TKey id, T? filter, IProgress<int> progress, CancellationToken token)
                            where T : class, IComparable<T>, new()
                            => new([filter]);
                    }
                }
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void Refreshes_tags_and_callbacks_add_their_lines()
    {
        var consumer = Consumer.Compile("""
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Memoize;

            namespace Shop;

            internal sealed record Quote(string Symbol, decimal Price);

            internal sealed partial class QuoteService(Memoizer memoizer)
            {
                [CachedResponse("10m", RefreshAfter = "5m", StaleOnError = "1h", When = nameof(IsGood), DurationFrom = nameof(LifeOf), Tags = ["quotes", "symbol:{symbol}", "{symbol}/{day}"])]
                internal partial Task<Quote> GetQuoteAsync(string symbol, DateOnly day, CancellationToken cancellationToken = default);

                private Task<Quote> GetQuoteCoreAsync(string symbol, DateOnly day, CancellationToken cancellationToken)
                    => Task.FromResult(new Quote(symbol, day.Year));

                private bool IsGood(Quote quote) => quote.Price > 0;

                private static TimeSpan LifeOf(Quote quote) => TimeSpan.FromMinutes(quote.Symbol.Length);

                internal Memoizer Memoizer => memoizer;
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void Collections_are_compared_by_content_and_copied_on_a_miss()
    {
        var consumer = Consumer.Compile("""
            using System;
            using System.Collections.Generic;
            using System.Threading.Tasks;
            using Memoize;

            namespace Shop;

            internal sealed partial class Prices([CacheKey] string market)
            {
                [CachedResponse]
                internal ValueTask<decimal> SumAsync(IReadOnlyList<string[]> baskets, [CacheKey(Comparison = StringComparison.OrdinalIgnoreCase)] string? currency)
                    => new(market.Length + baskets.Count);
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void Keys_of_ones_own_and_keys_for_other_types_take_the_place_of_arguments()
    {
        var consumer = Consumer.Compile("""
            using System.Collections.Generic;
            using System.Threading;
            using System.Threading.Tasks;
            using Memoize;

            [assembly: CacheKeyFor(typeof(Shop.Message), typeof(Shop.MessageKey))]

            namespace Shop;

            internal class Message { public string Text { get; set; } = ""; }

            internal static class MessageKey { public static string Of(Message message) => message.Text; }

            internal partial class Assistant
            {
                [CachedResponse("1d")]
                internal partial Task<string> AnswerAsync(IList<Message> messages, Message? system, CancellationToken cancellationToken = default);

                private static Task<string> AnswerCoreAsync(IList<Message> messages, Message? system, CancellationToken cancellationToken)
                    => Task.FromResult(system?.Text ?? "");

                [CachedResponse("1d", RefreshAfter = "1h", Key = nameof(KeyOf))]
                internal partial Task<string> AskAsync(IList<object> questions, bool isUrgent, CancellationToken cancellationToken = default);

                private Task<string> AskCoreAsync(IList<object> questions, bool isUrgent, CancellationToken cancellationToken)
                    => Task.FromResult("");

                private static string KeyOf(IList<object> questions) => string.Join(' ', questions);
            }
            """);

        Snapshot.Verify(consumer.Snapshot);
    }

    [Fact]
    public void Keys_are_written_for_stores_member_by_member()
    {
        var consumer = Consumer.Compile("""
            using System;
            using System.Collections.Generic;
            using Memoize;

            namespace Shop;

            internal enum Side { Buy, Sell }

            internal sealed record Order(string Symbol, Side Side, decimal? Limit);

            internal readonly record struct Page(int Number, int Size);

            internal static partial class Orders
            {
                [CachedResponse("5m", Store = "orders")]
                internal static int Count(Page page) => page.Size;

                [CachedResponse("5m", Store = "orders", Version = 2)]
                internal static int Find(Order order, IReadOnlyList<Order?> others, (DateTime From, DateTime To)? span, byte[]? token, IReadOnlyDictionary<string, Page?> pages)
                    => others.Count;
            }
            """);

        Snapshot.Verify(string.Join('\n', consumer.Snapshot.Split("//HintName: ").Skip(1).Select(DefinitionIn)));

        static string DefinitionIn(string file) => file[file.IndexOf("    /// <summary>What is fixed", StringComparison.Ordinal)..];
    }
}
