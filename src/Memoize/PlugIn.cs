using System.Runtime.Loader;

namespace Memoize;

/// <summary>
/// Finds out whether a method belongs to a plug-in: whether its key, its result or the code of its policy is of a context that can be
/// unloaded. What keeps such a method keeps the context.
/// </summary>
internal static class PlugIn
{
    /// <summary>The context of a method; null if it cannot be unloaded.</summary>
    public static AssemblyLoadContext? ContextOf<TKey, TValue>(CachedMethodDefinition<TKey, TValue> definition)
        where TKey : notnull
    {
        var policy = definition.Policy;
        return ContextOf(typeof(TKey))
            ?? ContextOf(typeof(TValue))
            ?? ContextOf(definition.StoredForm?.WriteKey)
            ?? ContextOf(policy.When)
            ?? ContextOf(policy.DurationFrom)
            ?? ContextOf(policy.Size);
    }

    private static AssemblyLoadContext? ContextOf(Delegate? code) => code?.Method.Module.Assembly is { IsCollectible: true } assembly ? AssemblyLoadContext.GetLoadContext(assembly) : null;

    private static AssemblyLoadContext? ContextOf(Type type)
    {
        if (!type.IsCollectible) return null;
        if (type.Assembly.IsCollectible) return AssemblyLoadContext.GetLoadContext(type.Assembly);

        // A type of a library of all, made with one of the plug-in's.
        return type.HasElementType ? ContextOf(type.GetElementType()!) : type.GetGenericArguments().Select(ContextOf).FirstOrDefault(static context => context is not null);
    }
}
