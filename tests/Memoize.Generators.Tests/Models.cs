using System.Reflection;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests;

/// <summary>What the pipeline rests on: models compare by value and hold nothing of the compiler.</summary>
public sealed class Models
{
    private static readonly Type[] ModelTypes =
    [
        .. typeof(CachedMethodModel).Assembly.GetTypes()
            .Where(static type => type.Namespace == typeof(CachedMethodModel).Namespace && !type.IsEnum && !(type.IsAbstract && type.IsSealed)
                && !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false)),
    ];

    [Fact]
    public void G01_No_model_refers_to_the_compiler()
    {
        foreach (var field in ModelTypes.SelectMany(Fields))
        {
            foreach (var type in Mentioned(field.FieldType))
            {
                Assert.False(
                    type.Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal),
                    $"{field.DeclaringType!.Name} holds a {type.Name}.");
            }
        }
    }

    [Fact]
    public void G01_Every_model_compares_by_value()
    {
        foreach (var model in ModelTypes)
        {
            Assert.Contains(model.GetInterfaces(), @interface =>
                @interface.IsGenericType && @interface.GetGenericTypeDefinition() == typeof(IEquatable<>));
            if (model != typeof(EquatableArray<>))
                Assert.DoesNotContain(Fields(model), static field => field.FieldType.IsArray || field.FieldType.Name.StartsWith("ImmutableArray", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Equatable_arrays_are_equal_when_their_items_are()
    {
        Assert.Equal(new[] { "a", "b" }.ToEquatableArray(), new[] { "a", "b" }.ToEquatableArray());
        Assert.Equal(default, Array.Empty<string>().ToEquatableArray());
        Assert.NotEqual(new[] { "a", "b" }.ToEquatableArray(), new[] { "b", "a" }.ToEquatableArray());
        Assert.NotEqual(new[] { "a" }.ToEquatableArray(), new[] { "a", "a" }.ToEquatableArray());
    }

    [Fact]
    public void G01_The_pipeline_holds_models_only()
    {
        var driver = Consumer.Driver().RunGenerators(Consumer.Project("""
            partial class C { [Memoize.CachedResponse] internal int Get(int x) => x; [Memoize.CachedResponse] internal partial int WithoutCore(int x); }
            class NotPartial { [Memoize.CachedResponse] internal partial int Get(int x); }
            """));

        foreach (var step in CachedResponseGenerator.Steps.SelectMany(name => driver.GetRunResult().Results.Single().TrackedSteps[name]))
            Assert.DoesNotContain(step.Outputs, static output => output.Value is ISymbol or SyntaxNode or SyntaxTree or Compilation or Location);
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
        => type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);

    private static IEnumerable<Type> Mentioned(Type type) =>
        [type, .. type.GetGenericArguments().SelectMany(Mentioned), .. type.HasElementType ? Mentioned(type.GetElementType()!) : []];
}
