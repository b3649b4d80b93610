using Weft.Benchmarks.Harness;

if (!Options.TryParse(args, out Options options, out string error))
{
    Console.Error.WriteLine($"Weft.Benchmarks: {error}");
    return 2;
}

if (options.Help)
{
    Console.WriteLine(Options.Usage);
    return 0;
}

if (options.Child is { } child)
    return Child.Serve(child, options);

if (options.List)
{
    foreach (IBenchmark benchmark in options.Selected)
    {
        string procs = options.ProcsOf(benchmark) is { Count: > 0 } measured ? string.Join(',', measured) : "-";
        Console.WriteLine($"{benchmark.Name,-20} {procs,-4} {benchmark.Summary}");
    }
    return 0;
}

Report report = new Runner(options, Console.Error).Run();
MarkdownReport.Write(report, Console.Out);
if (options.Markdown is not null)
{
    using StreamWriter writer = File.CreateText(options.Markdown);
    MarkdownReport.Write(report, writer);
}

if (options.Json is not null)
    File.WriteAllText(options.Json, JsonReport.Serialize(report));
return report.Failures.Any(failure => failure.IsWeft) ? 1 : 0;
