namespace Weft.Channels.Selecting;

/// <summary>A channel of a select's cases.</summary>
internal struct SelectChannel
{
    internal Chan Channel;

    /// <summary>To be locked, or locked, in the present wait.</summary>
    internal bool IsChosen;
}
