namespace Memoize;

/// <summary>Where an entry is in its <see cref="RecencyOrder"/>.</summary>
internal enum RecencyPart : byte
{
    /// <summary>Nowhere: it is outside of the policy.</summary>
    None,

    /// <summary>In the <see cref="RecencyQueue"/>.</summary>
    Queue,

    /// <summary>In the <see cref="RecencyHeap"/>.</summary>
    Heap,
}
