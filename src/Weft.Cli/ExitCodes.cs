namespace Weft.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Something was lost, the floor was not reached, or a comparison could not be made; standard error says which.</summary>
    public const int Failure = 1;

    public const int BadCommandLine = 2;
}
