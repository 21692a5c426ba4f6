// Each test starts processes of its own and measures what they do: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
