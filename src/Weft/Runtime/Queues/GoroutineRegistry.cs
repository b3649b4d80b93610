using Weft.Threads;

namespace Weft.Runtime.Queues;

/// <summary>
/// Every goroutine that has waited at least once and not ended: for dumps and deadlock detection, and so that a parked goroutine stays
/// alive although nothing else refers to it. Any thread may use it.
/// </summary>
/// <remarks>
/// Sharded by goroutine id, each shard behind its own short lock, so that goroutines parking on different processors seldom meet.
/// </remarks>
internal sealed class GoroutineRegistry
{
    /// <summary>Power of two; more than the processors of most machines, little enough to walk.</summary>
    private const int ShardCount = 16;

    private readonly Shard[] _shards = new Shard[ShardCount];

    internal GoroutineRegistry(IThreadPlatform platform)
    {
        for (int i = 0; i < ShardCount; i++)
            _shards[i] = new Shard(platform);
    }

    internal void Add(Goroutine goroutine)
    {
        ShardOf(goroutine).Add(goroutine);
        goroutine.IsRegistered = true;
    }

    internal void Remove(Goroutine goroutine)
    {
        ShardOf(goroutine).Remove(goroutine);
        goroutine.IsRegistered = false;
    }

    internal List<Goroutine> Snapshot()
    {
        var all = new List<Goroutine>();
        foreach (Shard shard in _shards)
            shard.CopyTo(all);
        return all;
    }

    /// <summary>
    /// The same for a debugger, which has stopped all threads but the one that asks: what is locked just now is left out, as nobody would
    /// unlock it.
    /// </summary>
    internal List<Goroutine> SnapshotOfUnlocked()
    {
        var all = new List<Goroutine>();
        foreach (Shard shard in _shards)
            shard.TryCopyTo(all);
        return all;
    }

    /// <summary>A goroutine for which <paramref name="predicate"/> holds, or null when there is none.</summary>
    internal Goroutine? Find(Func<Goroutine, bool> predicate)
    {
        foreach (Shard shard in _shards)
        {
            if (shard.Find(predicate) is Goroutine found)
                return found;
        }

        return null;
    }

    // Ids come in runs of 1,024 per processor: the bits above that keep processors apart.
    private Shard ShardOf(Goroutine goroutine) => _shards[(goroutine.Id >> 10) & (ShardCount - 1)];

    private sealed class Shard(IThreadPlatform platform)
    {
        private const int ChunkBits = 10;
        private const int ChunkSize = 1 << ChunkBits;

        private readonly FutexLock _lock = new(platform);

        // Chunks instead of one growing array: a million entries never have to be copied, nor is memory held twice.
        private readonly List<Goroutine?[]> _chunks = [];
        private readonly Stack<int> _free = new();
        private int _used;

        internal void Add(Goroutine goroutine)
        {
            _lock.Enter();
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot >> ChunkBits == _chunks.Count)
                    _chunks.Add(new Goroutine?[ChunkSize]);
            }

            _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)] = goroutine;
            goroutine.RegistrySlot = slot;
            _lock.Exit();
        }

        internal void Remove(Goroutine goroutine)
        {
            _lock.Enter();
            int slot = goroutine.RegistrySlot;
            _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)] = null;
            _free.Push(slot);
            if (_free.Count == _used && _chunks.Count > 1)
            {
                // Empty after a crowd: give the memory back, but for what the next few need.
                _chunks.RemoveRange(1, _chunks.Count - 1);
                _chunks.TrimExcess();
                _free.Clear();
                _free.TrimExcess();
                _used = 0;
            }

            _lock.Exit();
        }

        internal void CopyTo(List<Goroutine> all)
        {
            _lock.Enter();
            CopyLocked(all);
            _lock.Exit();
        }

        internal void TryCopyTo(List<Goroutine> all)
        {
            if (!_lock.TryEnter())
                return;
            CopyLocked(all);
            _lock.Exit();
        }

        private void CopyLocked(List<Goroutine> all)
        {
            foreach (Goroutine?[] chunk in _chunks)
            {
                foreach (Goroutine? goroutine in chunk)
                {
                    if (goroutine is not null)
                        all.Add(goroutine);
                }
            }
        }

        internal Goroutine? Find(Func<Goroutine, bool> predicate)
        {
            _lock.Enter();
            Goroutine? found = null;
            foreach (Goroutine?[] chunk in _chunks)
            {
                foreach (Goroutine? goroutine in chunk)
                {
                    if (goroutine is not null && predicate(goroutine))
                    {
                        found = goroutine;
                        break;
                    }
                }

                if (found is not null)
                    break;
            }

            _lock.Exit();
            return found;
        }
    }
}
