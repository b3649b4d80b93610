using Weft.Tests.Aot;

// Finds and runs the tests of this assembly: what xunit's own runner does, which needs assembly files to look at.
if (TestFilter.Parse(args, out string? mistake) is not { } filter)
{
    Console.Error.WriteLine(mistake);
    return 2;
}

return TestRun.Run(TestCase.FindAll().Where(filter.Includes));
