using Weft.Stress.CommandLine;

return StressCommand.Invoke(args);
