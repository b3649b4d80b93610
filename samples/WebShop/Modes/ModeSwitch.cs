namespace Weft.Samples.WebShop.Modes;

/// <summary>
/// The mode, which can be changed while requests are inside: each goes on where it has begun. A program of one mode needs none of this:
/// <c>AddWeft</c> starts a guard, and <c>UseWeft</c> makes goroutines.
/// </summary>
internal sealed class ModeSwitch : IDisposable
{
    private readonly Lock _lock = new();
    private ThreadPoolGuard? _guard;
    private volatile Mode _current;

    public ModeSwitch(Options options) => Current = options.Mode;

    public Mode Current
    {
        get => _current;
        set
        {
            lock (_lock)
            {
                _current = value;
                if (value == Mode.Guard)
                {
                    _guard ??= ThreadPoolGuard.Start();
                    return;
                }

                // It gives the pool its old minimum back, so that the pool starves again as if it had never been guarded.
                _guard?.Dispose();
                _guard = null;
            }
        }
    }

    public void Dispose() => Current = Mode.Pool;
}
