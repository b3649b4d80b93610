namespace Weft.Threads;

/// <summary>Where an <see cref="OSThread"/> is in its life.</summary>
public enum OSThreadState
{
    /// <summary>Created; its body has not begun.</summary>
    Starting,

    /// <summary>In its body.</summary>
    Running,

    /// <summary>Its body has ended. The system may still be on its stack.</summary>
    Exited,

    /// <summary>Joined; its stack has been given back.</summary>
    Reaped,
}
