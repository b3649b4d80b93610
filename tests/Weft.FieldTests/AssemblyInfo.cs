using Xunit.Sdk;
using Xunit.v3;

// Each test runs programs that make as many threads as they get; two at once would take them, and the CPUs, from each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
