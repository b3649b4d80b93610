namespace Weft.Samples.WebShop.Modes;

/// <summary>Adds the switch to an application.</summary>
internal static class ModeExtensions
{
    public static void AddModes(this IServiceCollection services)
    {
        services.AddSingleton<ModeSwitch>();

        // Without a guard of the host's own: that one would always be there.
        services.AddWeft(static options => options.ThreadPoolGuard = null);
    }

    /// <summary>Runs what follows in goroutines, while the mode says so.</summary>
    public static void UseModes(this WebApplication app)
    {
        ModeSwitch modes = app.Services.GetRequiredService<ModeSwitch>();
        app.UseWhen(
            _ => modes.Current == Mode.Goroutines,
            static branch => branch.UseWeft(static options => options.AllEndpoints = true));
    }
}
