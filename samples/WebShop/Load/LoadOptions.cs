using System.Globalization;

namespace Weft.Samples.WebShop.Load;

/// <summary>The command line of the load.</summary>
internal sealed record LoadOptions(Uri Address, LoadKind Kind, int Clients)
{
    public const int MaxClients = 5_000;

    /// <summary>Reads the command line; null, with one line that says why, when it makes no sense.</summary>
    public static LoadOptions? Parse(string[] args, out string error)
    {
        if (args is not [string url, string name, string number])
            error = "load takes a URL, a kind and a number of clients";
        else if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttp)
            error = $"load takes a URL that begins with http://, not {url}";
        else if (Parse(address, name, number, out error) is { } options)
            return options;
        return null;
    }

    /// <summary>The same of parts, with the address known.</summary>
    public static LoadOptions? Parse(Uri address, string name, string number, out string error)
    {
        error = "";
        if (LoadKind.Find(name) is not { } kind)
            error = $"a load is one of {LoadKind.Names}, not {name}";
        else if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int clients) || clients is < 1 or > MaxClients)
            error = $"a load has 1 to {MaxClients} clients, not {number}";
        else
            return new LoadOptions(address, kind, clients);
        return null;
    }
}
