using Weft.Channels.Selecting;
using Weft.Waiting;

namespace Weft;

/// <summary>A cancellation, as a case of a <see cref="Select"/>; made by <see cref="Select.Cancelled"/>.</summary>
public sealed class CancelledCase : SelectCase
{
    private CancellationToken _token;

    // What the token calls. Made anew when a call may still be under way as its wait ends; null until the first wait.
    private CancelledCall? _call;
    private CancellationTokenRegistration _registration;

    internal CancelledCase(Select select, int index, CancellationToken token)
        : base(select, index) => _token = token;

    /// <summary>
    /// The token whose cancellation is waited for. One that cannot be cancelled (<see cref="CancellationToken.None"/>) switches the case
    /// off. A token that was cancelled always wins, unless another case is ready, too: then either may.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public CancellationToken Token
    {
        get => _token;
        set
        {
            Select.NoteChange(ofChannel: false);
            _token = value;
        }
    }

    internal override bool IsMetFromOutside => _token.CanBeCanceled;

    private protected override string What =>
        !_token.CanBeCanceled ? "cancellation (off)" : _token.IsCancellationRequested ? "cancellation (has come)" : "cancellation";

    internal override bool TryNow(out Operation? counterpart)
    {
        counterpart = null;
        return _token.IsCancellationRequested;
    }

    internal override void Arm(SelectOperation operation)
    {
        if (!_token.CanBeCanceled)
            return;
        _call ??= new CancelledCall(Index);
        _call.Begin(operation);

        // Called at once if the token was cancelled since it was looked at.
        _registration = _token.UnsafeRegister(static call => ((CancelledCall)call!).Run(), _call);
    }

    internal override void Disarm()
    {
        if (_registration == default)
            return; // not armed, or the token was cancelled and had called before it could be registered
        if (!_registration.Unregister())
            _call = null;
        _registration = default;
    }
}
