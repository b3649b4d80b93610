using System.Collections.Concurrent;

namespace Weft.AspNetCore.Tests.Support;

/// <summary>What was logged.</summary>
internal sealed record LogEntry(string Category, LogLevel Level, string Message, Exception? Exception);

/// <summary>Keeps what a host logs.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyCollection<LogEntry> Entries => _entries;

    /// <summary>Raised after each entry.</summary>
    public event Action<LogEntry>? Written;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>The first entry of a kind, which may come later.</summary>
    public async Task<LogEntry> FirstAsync(Func<LogEntry, bool> isOne)
    {
        var found = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
        Written += Look;
        foreach (LogEntry entry in _entries)
            Look(entry);
        return await found.Task.WaitAsync(TestApp.Limit);

        void Look(LogEntry entry)
        {
            if (isOne(entry))
                found.TrySetResult(entry);
        }
    }

    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        _entries.Enqueue(entry);
        Written?.Invoke(entry);
    }

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            recorder.Add(new LogEntry(category, logLevel, formatter(state, exception), exception));
    }
}
