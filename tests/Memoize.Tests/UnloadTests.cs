using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Memoize.Tests;

/// <summary>The library in a context that can be unloaded, as a host of plug-ins makes one.</summary>
public sealed class UnloadTests
{
    [Theory]
    [InlineData(nameof(PlugIn.CallWithTheDefaultMemoizer))]
    [InlineData(nameof(PlugIn.CallWithAMemoizerThatNobodyDisposes))]
    [InlineData(nameof(PlugIn.CallAgainWhenTheContextUnloads))]
    public void A_context_with_the_library_in_it_can_be_unloaded(string call)
    {
        var context = LoadAndCall(call);

        Threads.WaitUntil(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !context.IsAlive;
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndCall(string call)
    {
        var context = new PlugInContext();
        var plugIn = context.LoadFromAssemblyName(typeof(UnloadTests).Assembly.GetName()).GetType(typeof(PlugIn).FullName!)!;
        Assert.NotSame(typeof(PlugIn), plugIn);
        plugIn.GetMethod(call, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null);
        context.Unload();
        return new WeakReference(context);
    }

    // The library is loaded beside the one that the other tests use, with statics of its own.
    private sealed class PlugInContext() : AssemblyLoadContext("Memoize.Tests plug-in", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name is "Memoize" or "Memoize.Tests"
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
            : null;
    }

    /// <summary>What runs inside.</summary>
    internal static class PlugIn
    {
        private static readonly CachedMethodDefinition<string, string> Definition = new("Tests.PlugIn", new() { Duration = TimeSpan.FromHours(1) });
        private static readonly Memoizer Undisposed = new();

        public static void CallWithTheDefaultMemoizer() => Call(Memoizer.Default);

        public static void CallWithAMemoizerThatNobodyDisposes() => Call(Undisposed);

        public static void CallAgainWhenTheContextUnloads()
        {
            Call(Memoizer.Default);
            AssemblyLoadContext.GetLoadContext(typeof(PlugIn).Assembly)!.Unloading += static _ => Call(Memoizer.Default);
        }

        private static void Call(Memoizer memoizer)
        {
            var cache = Definition.For(memoizer);
            Assert.Equal("value", cache.Call("key", static _ => "value"));
            for (int i = 0; i < 100; i++) Assert.Equal("value", cache.Call("key", static _ => "another"));
        }
    }
}
