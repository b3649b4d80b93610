namespace Weft.Runtime.Core;

/// <content>Being given the mail of the goroutine whose frames are on its stack while it waits; see <see cref="HostedWait"/>.</content>
internal sealed partial class Machine
{
    // Made by the machine before it first waits; set by the giver of mail. Left to the collector: a giver may set it late.
    private AutoResetEvent? _mailEvent;

    // For waits for one handle, which are nearly all: used by one wait at a time, as the runtime has read it before anything else can run
    // here.
    private IntPtr[]? _handleAndMail;

    /// <summary>Makes what <see cref="AddMailTo"/> needs.</summary>
    internal void PrepareForMail() => _mailEvent ??= new AutoResetEvent(false);

    /// <summary>The handles of a wait, and behind them the one that ends the wait when there is mail.</summary>
    internal IntPtr[] AddMailTo(IntPtr[] handles)
    {
        IntPtr mail = _mailEvent!.SafeWaitHandle.DangerousGetHandle();
        if (handles.Length > 1)
            return [.. handles, mail];
        IntPtr[] both = _handleAndMail ??= new IntPtr[2];
        both[0] = handles[0];
        both[1] = mail;
        return both;
    }

    /// <summary>A processor was handed over: wakes the machine where it sleeps.</summary>
    /// <param name="waits">It had <see cref="Running.Hosting.Hears"/> then. It may have left its wait since, and a signal that comes late
    /// is ignored by its next.</param>
    internal void WakeFrom(bool waits)
    {
        if (waits)
            _mailEvent!.Set();
        else
            Unpark();
    }
}
