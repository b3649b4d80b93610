using Weft.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Tests block hundreds of threads, and look at what the process does meanwhile.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: HangWatch]
