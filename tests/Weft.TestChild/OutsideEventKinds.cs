using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.TestChild;

/// <summary>
/// The kinds of <see cref="OutsideEvents"/>. Each makes what it waits for itself, so that nothing leads there but the source of the event.
/// </summary>
internal static class OutsideEventKinds
{
    /// <summary>
    /// Those that a process can have only once, that keep others from being tested, or that <see cref="Scheduler.FindLeakedGoroutines"/> is
    /// documented to take for leaked.
    /// </summary>
    internal static readonly string[] Alone = ["watcher", "console", "finalizer"];

    private static readonly ConditionalWeakTable<object, Action> s_table = [];
    private static readonly object s_key = new();
    private static readonly ThreadLocal<Action> s_local = new();
    private static readonly AsyncLocal<Action?> s_flowing = new();
    private static readonly Dictionary<string, TaskCompletionSource<int>> s_promises = new(StringComparer.Ordinal);
    private static Chan<int>? s_channel;
    private static Action? s_kept;

    [ThreadStatic]
    private static Action? t_send;

    internal static readonly Dictionary<string, Func<Task>> All = new(StringComparer.Ordinal)
    {
        ["watcher"] = WatcherAsync,
        ["console"] = ConsoleAsync,
        ["signal"] = SignalAsync,
        ["process exit"] = ProcessExitedAsync,
        ["socket accept"] = AcceptAsync,
        ["socket receive"] = ReceiveFromSocketAsync,
        ["named pipe"] = NamedPipeAsync,
        ["pipe"] = PipeAsync,
        ["thread"] = () => Through(static send => Later(send)),
        ["pool"] = () => Through(static send => ThreadPool.QueueUserWorkItem(_ => SleepThen(send))),
        ["timer"] = TimerAsync,
        ["periodic timer"] = PeriodicTimerAsync,
        ["delay"] = static () => Task.Delay(OutsideEvents.FirstEvent),
        ["cancel after"] = static () => CancelledAsync(new CancellationTokenSource(OutsideEvents.FirstEvent)),
        ["cancelled by a thread"] = CancelledByAThreadAsync,
        ["another scheduler"] = AnotherSchedulerAsync,
        ["registered wait"] = RegisteredWaitAsync,
        ["static field"] = StaticFieldAsync,
        ["static event"] = () => Through(SendThroughStaticEvent),
        ["thread static"] = () => Through(static send => InBackground(() => SendThreadStatic(send))),
        ["thread local"] = () => Through(static send => InBackground(() => SendThreadLocal(send))),
        ["async local"] = AsyncLocalAsync,
        ["handle"] = HandleAsync,
        ["finalizer"] = FinalizerAsync,
        ["weak table"] = () => Through(SendThroughWeakTable),
        ["weak reference"] = WeakReferenceAsync,
        ["wait group"] = WaitGroupAsync,
        ["lock"] = LockAsync,
        ["task of others"] = TaskOfOthersAsync,
        ["semaphore"] = SemaphoreAsync,
        ["channel of .NET"] = OtherChannelAsync,
        ["goroutine"] = GoroutineAsync,
        ["select"] = SelectAsync,
        ["whole"] = WholeAsync,
    };

    private static event Action? s_happened;

    private static void Wait() => Thread.Sleep(OutsideEvents.FirstEvent);

    private static void SleepThen(Action action)
    {
        Wait();
        action();
    }

    private static void InBackground(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
    }

    private static void Later(Action action) => InBackground(() => SleepThen(action));

    private static void SendThreadStatic(Action send)
    {
        t_send = send;
        Wait();
        t_send();
    }

    private static void SendThreadLocal(Action send)
    {
        s_local.Value = send;
        Wait();
        s_local.Value();
    }

    private static void SendThroughStaticEvent(Action send)
    {
        s_happened += send;
        Later(static () => s_happened?.Invoke());
    }

    private static void SendThroughWeakTable(Action send)
    {
        s_table.Add(s_key, send);
        Later(static () =>
        {
            if (s_table.TryGetValue(s_key, out Action? found))
                found();
        });
    }

    /// <summary>Waits at a channel to which somebody sends to whom <paramref name="arrange"/> gives the sending.</summary>
    private static async Task Through(Action<Action> arrange)
    {
        var channel = new Chan<int>(1);
        arrange(() => channel.TrySend(1));
        await channel.ReceiveAsync();
    }

    private static async Task WatcherAsync()
    {
        string directory = Directory.CreateTempSubdirectory("weft-watch").FullName;
        var channel = new Chan<string>(8);
        using (var watcher = new FileSystemWatcher(directory))
        {
            watcher.Created += (_, e) => channel.TrySend(e.Name!);
            watcher.EnableRaisingEvents = true;
            Later(() => File.WriteAllText(Path.Combine(directory, "x"), ""));
            await channel.ReceiveAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Task ConsoleAsync() => Through(static send => InBackground(() =>
    {
        Console.In.ReadLine();
        send();
    }));

    // Not SIGHUP, SIGINT or SIGQUIT: under nohup, or in the background of a script, a process inherits those ignored.
    private static async Task SignalAsync()
    {
        var channel = new Chan<int>(1);
#pragma warning disable CA1416 // sent by a command of Unix, as are others here
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context =>
#pragma warning restore CA1416
        {
            context.Cancel = true;
            channel.TrySend(1);
        });
        Later(static () => Process.Start("kill", $"-WINCH {Environment.ProcessId}"));
        await channel.ReceiveAsync();
    }

    private static async Task ProcessExitedAsync()
    {
        var channel = new Chan<int>(1);
        using Process process = Process.Start("sleep", $"{OutsideEvents.FirstEvent.TotalSeconds}");
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => channel.TrySend(1);
        await channel.ReceiveAsync();
    }

    private static async Task AcceptAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Later(() => new TcpClient().Connect(IPAddress.Loopback, port));
        using Socket accepted = await listener.AcceptSocketAsync();
    }

    private static async Task ReceiveFromSocketAsync()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;
        Later(() => new UdpClient().Send([1], 1, new IPEndPoint(IPAddress.Loopback, port)));
        await receiver.ReceiveAsync();
    }

    private static async Task NamedPipeAsync()
    {
        string name = $"weft-{Environment.ProcessId}";
        using var server = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        Later(() => new NamedPipeClientStream(".", name).Connect());
        await server.WaitForConnectionAsync();
    }

    private static async Task PipeAsync()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.In);
        var client = new AnonymousPipeClientStream(PipeDirection.Out, server.ClientSafePipeHandle);
        Later(() => client.WriteByte(1));
        await server.ReadExactlyAsync(new byte[1]);
    }

    private static async Task TimerAsync()
    {
        var channel = new Chan<int>(1);
        using var timer = new Timer(_ => channel.TrySend(1), null, OutsideEvents.FirstEvent, Timeout.InfiniteTimeSpan);
        await channel.ReceiveAsync();
    }

    private static async Task PeriodicTimerAsync()
    {
        using var timer = new PeriodicTimer(OutsideEvents.FirstEvent);
        await timer.WaitForNextTickAsync();
    }

    private static async Task CancelledAsync(CancellationTokenSource source)
    {
        try
        {
            await new Chan<int>().ReceiveAsync(source.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static Task CancelledByAThreadAsync()
    {
        var source = new CancellationTokenSource();
        Later(source.Cancel);
        return CancelledAsync(source);
    }

    private static async Task AnotherSchedulerAsync()
    {
        var channel = new Chan<int>();
        var other = new Scheduler();
        other.Start(async () =>
        {
            await Go.SleepAsync(OutsideEvents.FirstEvent);
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    }

    private static async Task RegisteredWaitAsync()
    {
        var channel = new Chan<int>(1);
        var happened = new ManualResetEvent(false);
        ThreadPool.RegisterWaitForSingleObject(happened, (_, _) => channel.TrySend(1), null, Timeout.Infinite, executeOnlyOnce: true);
        Later(() => happened.Set());
        await channel.ReceiveAsync();
    }

    private static async Task StaticFieldAsync()
    {
        s_channel = new Chan<int>();
        Later(static () => s_channel.Send(1));
        await s_channel.ReceiveAsync();
    }

    private static async Task AsyncLocalAsync()
    {
        var channel = new Chan<int>(1);
        s_flowing.Value = () => channel.TrySend(1);
        InBackground(static () => SleepThen(static () => s_flowing.Value!()));
        s_flowing.Value = null;
        await channel.ReceiveAsync();
    }

    private static Task HandleAsync() => Through(static send =>
    {
        IntPtr handle = GCHandle.ToIntPtr(GCHandle.Alloc(send));
        Later(() => ((Action)GCHandle.FromIntPtr(handle).Target!)());
    });

    /// <summary>
    /// An object that nobody refers to sends when it is finalized for the first time after the event; until then it comes back each time.
    /// </summary>
    private static Task FinalizerAsync() => Through(static send =>
    {
        MakeGarbage(send);
        InBackground(static () =>
        {
            for (int i = 0; i < 100; i++)
            {
                Thread.Sleep(200);
                GC.Collect();
            }
        });
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeGarbage(Action send) => _ = new SendsWhenFinalized(send);

    /// <summary>The sender knows the listener by a weak reference only; somebody else keeps it.</summary>
    private static Task WeakReferenceAsync() => Through(static send =>
    {
        s_kept = send;
        var weak = new WeakReference<Action>(send);
        Later(() =>
        {
            if (weak.TryGetTarget(out Action? listener))
                listener();
        });
    });

    private static async Task WaitGroupAsync()
    {
        var group = new WaitGroup();
        group.Add(1);
        Later(group.Done);
        await group.WaitAsync();
    }

    private static async Task LockAsync()
    {
        var @lock = new GoLock();
        var isHeld = new TaskCompletionSource();
        InBackground(() =>
        {
            using (@lock.Lock())
            {
                isHeld.SetResult();
                Wait();
            }
        });
        await isHeld.Task;
        (await @lock.LockAsync()).Dispose();
    }

    private static async Task TaskOfOthersAsync()
    {
        var source = new TaskCompletionSource<int>();
        lock (s_promises)
            s_promises["answer"] = source;
        Later(static () => s_promises["answer"].SetResult(1));
        await source.Task;
    }

    private static async Task SemaphoreAsync()
    {
        var semaphore = new SemaphoreSlim(0);
        Later(() => semaphore.Release());
        await semaphore.WaitAsync();
    }

    private static async Task OtherChannelAsync()
    {
        var channel = System.Threading.Channels.Channel.CreateUnbounded<int>();
        Later(() => channel.Writer.TryWrite(1));
        await channel.Reader.ReadAsync();
    }

    /// <summary>Main waits for a goroutine that can be woken.</summary>
    private static async Task GoroutineAsync()
    {
        Goroutine<int> server = Go.Start(async () =>
        {
            await Through(static send => Later(send));
            return 1;
        });
        await server;
    }

    private static async Task SelectAsync()
    {
        var one = new Chan<int>(1);
        var other = new Chan<int>();
        Later(() => one.TrySend(1));
        await new Select().OnReceive(other, _ => { }).OnReceive(one, _ => { }).RunAsync();
    }

    /// <summary>A goroutine that can be woken has in a local variable what another waits for, which has what main waits for.</summary>
    private static async Task WholeAsync()
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        Go.Start(async () =>
        {
            await Through(static send => Later(send));
            await first.SendAsync(1);
        });
        await GoroutineGroup.RunAsync(async group =>
        {
            group.Start(async () => await second.SendAsync(await first.ReceiveAsync()));
            await second.ReceiveAsync();
        });
    }

    private sealed class SendsWhenFinalized(Action send)
    {
        private readonly long _due = Environment.TickCount64 + (long)OutsideEvents.FirstEvent.TotalMilliseconds;

        ~SendsWhenFinalized()
        {
            if (Environment.TickCount64 >= _due)
                send();
            else
                GC.ReRegisterForFinalize(this);
        }
    }
}
