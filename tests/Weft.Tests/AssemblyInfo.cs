using Weft.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Tests count threads, stacks and CPU time of the whole process, so no two may run at once.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: HangWatch]
