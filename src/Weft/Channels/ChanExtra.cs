namespace Weft.Channels;

/// <summary>What only channels need that are used in a select or through an adapter.</summary>
internal sealed class ChanExtra(long id)
{
    /// <summary>The order in which a select locks its channels.</summary>
    internal long Id { get; } = id;

    /// <summary>The channel's <see cref="System.Threading.Channels.Channel{T}"/>, once somebody asked for it.</summary>
    internal object? Adapter;

    /// <summary>Made with the adapter.</summary>
    internal ChanWatchers? Watchers { get; set; }

    /// <summary>Set with the close, under the channel's lock.</summary>
    internal Exception? CloseError { get; set; }
}
