using Weft.Cli.CommandLine;

return WeftCommand.Invoke(args);
