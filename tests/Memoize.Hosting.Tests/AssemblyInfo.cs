// Memoizer.Default belongs to the process: tests that look at it take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
