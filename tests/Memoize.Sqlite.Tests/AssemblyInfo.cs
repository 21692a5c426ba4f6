// The tests in Processes start processes and measure what they do: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
