using System.Runtime.Loader;

namespace Memoize;

/// <summary>
/// The context that this library is loaded in. Usually it lasts as long as the process. One that is collectible, as a host of plug-ins
/// makes it, can only be collected when nothing of ours runs any more: our thread and our timers end when it unloads.
/// </summary>
internal static class LibraryContext
{
    private static readonly AssemblyLoadContext? Collectible = Find();

    private static volatile bool _isUnloading;

    /// <summary>Whether the context has begun to unload: what runs from now on must come to its end by itself.</summary>
    public static bool IsUnloading => _isUnloading;

    /// <summary>Asks to be told when the context begins to unload. One that cannot unload, or already does, tells nobody.</summary>
    public static void Tell(Action<AssemblyLoadContext> unloading)
    {
        if (Collectible is not { } context) return;

        context.Unloading += unloading;

        // The context drops those it has told. Who comes later would stay with it, and it with them.
        if (IsUnloading) context.Unloading -= unloading;
    }

    /// <summary>Asks not to be told any more.</summary>
    public static void TellNoMore(Action<AssemblyLoadContext> unloading)
    {
        if (Collectible is { } context) context.Unloading -= unloading;
    }

    private static AssemblyLoadContext? Find()
    {
        var assembly = typeof(LibraryContext).Assembly;
        if (!assembly.IsCollectible || AssemblyLoadContext.GetLoadContext(assembly) is not { } context) return null;

        // First of all who are told.
        context.Unloading += static _ => _isUnloading = true;
        return context;
    }
}
