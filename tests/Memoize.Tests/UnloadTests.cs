using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Memoize.Tests;

/// <summary>The library in a context that can be unloaded, as a host of plug-ins makes one.</summary>
public sealed class UnloadTests
{
    public static TheoryData<string> Calls => [nameof(PlugIn.CallWithTheDefaultMemoizer), nameof(PlugIn.CallWithAMemoizerThatNobodyDisposes), nameof(PlugIn.CallAgainWhenTheContextUnloads)];

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_context_with_the_library_in_it_can_be_unloaded(string call) => MustBeCollected(LoadAndCall(call, ["Memoize", "Memoize.Tests"]));

    [Theory]
    [InlineData(nameof(PlugIn.CallWithTheDefaultMemoizer))]
    [InlineData(nameof(PlugIn.CallWithAMemoizerThatNobodyDisposes))]
    [InlineData(nameof(PlugIn.CallWithKeysAndResultsOfItsOwn))]
    [InlineData(nameof(PlugIn.CallWithCodeOfItsOwn))]
    public void A_context_that_shares_the_library_with_its_host_can_be_unloaded(string call)
    {
        MustBeCollected(LoadAndCall(call, ["Memoize.Tests"]));

        if (call == nameof(PlugIn.CallWithKeysAndResultsOfItsOwn)) Assert.DoesNotContain(Memoizer.Default.Methods, static method => method.Name == PlugIn.OfItsOwn);
    }

    private static void MustBeCollected(WeakReference context) =>
        Threads.WaitUntil(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !context.IsAlive;
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndCall(string call, string[] assemblies)
    {
        var context = new PlugInContext(assemblies);
        var plugIn = context.LoadFromAssemblyName(typeof(UnloadTests).Assembly.GetName()).GetType(typeof(PlugIn).FullName!)!;
        Assert.NotSame(typeof(PlugIn), plugIn);
        plugIn.GetMethod(call, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null);
        context.Unload();
        return new WeakReference(context);
    }

    // It has its own of these assemblies, with statics of their own, beside those that the other tests use.
    private sealed class PlugInContext(string[] assemblies) : AssemblyLoadContext("Memoize.Tests plug-in", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblies.Contains(assemblyName.Name) ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll")) : null;
    }

    /// <summary>What runs inside.</summary>
    internal static class PlugIn
    {
        private static readonly CachedMethodDefinition<string, string> Definition = new("Tests.PlugIn", new() { Duration = TimeSpan.FromHours(1) });
        private static readonly Memoizer Undisposed = new();

        public const string OfItsOwn = "Tests.PlugIn.Keys";

        private sealed record Key(int Value);

        public static void CallWithTheDefaultMemoizer() => Call(Memoizer.Default);

        public static void CallWithAMemoizerThatNobodyDisposes() => Call(Undisposed);

        public static void CallAgainWhenTheContextUnloads()
        {
            Call(Memoizer.Default);
            AssemblyLoadContext.GetLoadContext(typeof(PlugIn).Assembly)!.Unloading += static _ => Call(Memoizer.Default);
        }

        public static void CallWithKeysAndResultsOfItsOwn()
        {
            var cache = new CachedMethodDefinition<Key, List<Key>[]>(OfItsOwn, new()).For(Memoizer.Default);
            Assert.NotEmpty(cache.Call(new(1), static key => [[new(2)]]));
        }

        public static void CallWithCodeOfItsOwn()
        {
            var cache = new CachedMethodDefinition<string, string>("Tests.PlugIn.Code", new() { When = static (_, value) => value.Length > 0 }).For(Memoizer.Default);
            Assert.Equal("value", cache.Call("key", static _ => "value"));
        }

        private static void Call(Memoizer memoizer)
        {
            var cache = Definition.For(memoizer);
            Assert.Equal("value", cache.Call("key", static _ => "value"));
            for (int i = 0; i < 100; i++) Assert.Equal("value", cache.Call("key", static _ => "another"));
        }
    }
}
