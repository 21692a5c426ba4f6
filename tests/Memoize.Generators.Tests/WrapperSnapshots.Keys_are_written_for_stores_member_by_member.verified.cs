    /// <summary>What is fixed about <see cref="Count"/>: its name, its policy and its key.</summary>
    [global::System.CodeDom.Compiler.GeneratedCode("Memoize.Generators", "…")]
    private static class CountMethod
    {
        internal static readonly global::Memoize.CachedMethodDefinition<global::Shop.Page, int> Definition = new(
            "Shop.Orders.Count(Shop.Page)",
            new() { Duration = global::System.TimeSpan.FromMinutes(5), Store = "orders" },
            new()
            {
                WriteKey = static (key, writer) =>
                {
                    writer.Write(key.Number);
                    writer.Write(key.Size);
                },
                Schema = 0x92213BF67B398569UL,
            });
    }
}


    /// <summary>What is fixed about <see cref="Find"/>: its name, its policy and its key.</summary>
    [global::System.CodeDom.Compiler.GeneratedCode("Memoize.Generators", "…")]
    private static class FindMethod
    {
        internal static readonly global::Memoize.CachedMethodDefinition<Key, int> Definition = new(
            "Shop.Orders.Find(Shop.Order, System.Collections.Generic.IReadOnlyList<Shop.Order>, (System.DateTime From, System.DateTime To)?, byte[], System.Collections.Generic.IReadOnlyDictionary<string, Shop.Page?>)",
            new() { Duration = global::System.TimeSpan.FromMinutes(5), Version = 2, Store = "orders" },
            new() { WriteKey = static (key, writer) => key.WriteTo(writer), Schema = 0x0BF2293D8697AAC9UL });

        internal readonly struct Key : global::System.IEquatable<Key>
        {
            private static readonly global::Memoize.KeyContent<global::Shop.Order> s_order = global::Memoize.KeyContent.OfEquality<global::Shop.Order>(global::Memoize.KeyContent.Member<global::Shop.Order, decimal?>(static value => value.Limit, global::Memoize.KeyContent.OfNullable<decimal>(global::Memoize.KeyContent.OfDecimal())));
            private static readonly global::Memoize.KeyContent<global::System.Collections.Generic.IReadOnlyList<global::Shop.Order?>> s_others = global::Memoize.KeyContent.OfReadOnlyList<global::Shop.Order?>(global::Memoize.KeyContent.OfEquality<global::Shop.Order>(global::Memoize.KeyContent.Member<global::Shop.Order, decimal?>(static value => value.Limit, global::Memoize.KeyContent.OfNullable<decimal>(global::Memoize.KeyContent.OfDecimal())))!);
            private static readonly global::Memoize.KeyContent<(global::System.DateTime From, global::System.DateTime To)?> s_span = global::Memoize.KeyContent.OfNullable<(global::System.DateTime From, global::System.DateTime To)>(global::Memoize.KeyContent.OfEquality<(global::System.DateTime From, global::System.DateTime To)>(global::Memoize.KeyContent.Member<(global::System.DateTime From, global::System.DateTime To), global::System.DateTime>(static value => value.Item1, global::Memoize.KeyContent.OfDateTime()), global::Memoize.KeyContent.Member<(global::System.DateTime From, global::System.DateTime To), global::System.DateTime>(static value => value.Item2, global::Memoize.KeyContent.OfDateTime())));
            private static readonly global::Memoize.KeyContent<byte[]?> s_token = global::Memoize.KeyContent.OfArray<byte>()!;
            private static readonly global::Memoize.KeyContent<global::System.Collections.Generic.IReadOnlyDictionary<string, global::Shop.Page?>> s_pages = global::Memoize.KeyContent.OfReadOnlyDictionary<string, global::Shop.Page?>();

            private readonly global::Shop.Order _order;
            private readonly global::System.Collections.Generic.IReadOnlyList<global::Shop.Order?> _others;
            private readonly (global::System.DateTime From, global::System.DateTime To)? _span;
            private readonly byte[]? _token;
            private readonly global::System.Collections.Generic.IReadOnlyDictionary<string, global::Shop.Page?> _pages;

            internal Key(global::Shop.Order order, global::System.Collections.Generic.IReadOnlyList<global::Shop.Order?> others, (global::System.DateTime From, global::System.DateTime To)? span, byte[]? token, global::System.Collections.Generic.IReadOnlyDictionary<string, global::Shop.Page?> pages)
            {
                _order = order;
                _others = others;
                _span = span;
                _token = token;
                _pages = pages;
            }

            public bool Equals(Key other) =>
                s_order.Equals(_order, other._order)
                && s_others.Equals(_others, other._others)
                && s_span.Equals(_span, other._span)
                && s_token.Equals(_token, other._token)
                && s_pages.Equals(_pages, other._pages);

            public override bool Equals(object? obj) => obj is Key other && Equals(other);

            public override int GetHashCode() => global::System.HashCode.Combine(s_order.GetHashCode(_order), s_others.GetHashCode(_others), s_span.GetHashCode(_span), s_token.GetHashCode(_token), s_pages.GetHashCode(_pages));

            public override string ToString() => $"{s_order.Describe(_order)}, {s_others.Describe(_others)}, {s_span.Describe(_span)}, {s_token.Describe(_token)}, {s_pages.Describe(_pages)}";

            // Shares nothing with the caller that could change.
            internal Key Copy() => new(_order, s_others.Copy(_others), _span, s_token.Copy(_token), s_pages.Copy(_pages));

            // For stores: equal keys write the same, and others do not.
            internal void WriteTo(global::Memoize.StoreKeyWriter writer)
            {
                writer.WriteRecord(_order, static (order, writer) =>
                {
                    if (order.Limit is { } limit) writer.Write(limit);
                    else writer.WriteNull();
                    writer.Write((long)order.Side);
                    writer.Write(order.Symbol);
                });
                writer.WriteSequence(_others, static (item, writer) => writer.WriteRecord(item, static (item, writer) =>
                {
                    if (item.Limit is { } limit) writer.Write(limit);
                    else writer.WriteNull();
                    writer.Write((long)item.Side);
                    writer.Write(item.Symbol);
                }));
                if (_span is { } span)
                {
                    writer.Write(true);
                    writer.Write(span.Item1);
                    writer.Write(span.Item2);
                }
                else
                {
                    writer.WriteNull();
                }
                if (_token is null) writer.WriteNull();
                else writer.Write(_token);
                writer.WriteMap(_pages, static (key, writer) => writer.Write(key), static (value, writer) =>
                {
                    if (value is { } value2)
                    {
                        writer.Write(true);
                        writer.Write(value2.Number);
                        writer.Write(value2.Size);
                    }
                    else
                    {
                        writer.WriteNull();
                    }
                });
            }

            // For the core, which may change what it is given: the key must stay what it is.
            internal global::System.Collections.Generic.IReadOnlyList<global::Shop.Order?> CopyOfOthers() => s_others.Copy(_others);

            // For the core, which may change what it is given: the key must stay what it is.
            internal byte[]? CopyOfToken() => s_token.Copy(_token);

            // For the core, which may change what it is given: the key must stay what it is.
            internal global::System.Collections.Generic.IReadOnlyDictionary<string, global::Shop.Page?> CopyOfPages() => s_pages.Copy(_pages);
        }
    }
}
