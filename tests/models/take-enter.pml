/*
 * A processor is taken from a machine that did not offer it, while that machine enters the scheduler without a fence. Never do two believe that the
 * processor is theirs, and never is it nobody's.
 *
 * What each step stands for (src/Weft/Runtime/Core):
 *
 *   machine       Machine.EnterScheduler: a plain store inScheduler = 1, then a load of Processor.Owner; if it is another, Engine.StillOwns,
 *                 under the lock; at the end Machine.ExitScheduler, a store with release semantics
 *   monitor       Engine.TryTake: under the lock, unless the machine is in the scheduler: Owner = null, Interlocked.MemoryBarrierProcessWide, then a
 *                 load of inScheduler; if set, Owner is put back
 *
 * Memory. The machine's stores go through a store buffer, a queue, that drains whenever it likes, before an interlocked instruction of the machine,
 * and when the process-wide barrier comes by. The machine reads its own buffered stores. The monitor's store of Owner may stay in a buffer of its own
 * until the barrier.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_BARRIER      no process-wide barrier
 *   -DLOOK_FIRST      the machine loads Owner before it stores inScheduler
 *   -DNO_STILLOWNS    the machine does not ask under the lock, but takes the first look for the decision
 */

#define ENTRIES 2

bool owner = true;        /* Processor.Owner is the machine, as memory has it */
bool owner_buffered;      /* the monitor's store of null waits in its buffer */
bool in_scheduler;        /* as memory has it */
byte lock;                /* Engine._lock */

/* The machine's store buffer: at most two stores of inScheduler, oldest first. */
chan buffer = [2] of { bool };

bool taken;               /* the monitor has the processor in its hands */
bool uses;                /* the machine uses the processor's queues */
bool lost;                /* the machine knows that it is gone */

inline enter() { atomic { lock == 0 -> lock = 1 } }
inline leave() { atomic { lock = 0 } }

/* What an interlocked instruction of the machine does first. */
inline drain() { atomic { do :: len(buffer) > 0 -> buffer?in_scheduler :: else -> break od } }

proctype memory() {
end_memory:
    do
    :: atomic { len(buffer) > 0 -> buffer?in_scheduler }
    :: atomic { owner_buffered -> owner_buffered = false; owner = false }
    od
}

proctype machine() {
    bool owns;
    byte n;
    do
    :: n < ENTRIES && !lost ->
        n++;
#ifdef LOOK_FIRST
        owns = owner;
        buffer!true;
#else
        buffer!true;                       /* Enter */
        owns = owner;
#endif
#ifndef NO_STILLOWNS
        if
        :: !owns ->
            drain();
            enter();                       /* StillOwns: waits for the decision */
            owns = owner;
            leave()
        :: else
        fi;
#endif
        if
        :: owns ->
            uses = true;
            assert(!taken);                /* the queues have one owner */
            uses = false;
            buffer!false                   /* ExitScheduler: after the last access */
        :: else ->
            lost = true                    /* AcquireForRunning: waits for a processor */
        fi
    :: else -> break
    od
}

proctype monitor() {
    bool back;
    enter();
    if
    :: owner && !in_scheduler ->
        owner_buffered = true;             /* Owner = null */
#ifndef NO_BARRIER
        atomic {
            owner_buffered = false; owner = false;
            do :: len(buffer) > 0 -> buffer?in_scheduler :: else -> break od
        };
#endif
        if
        :: in_scheduler ->
            atomic { owner_buffered = false; owner = true }
        :: else ->
            atomic { taken = true; assert(!uses) }
        fi
    :: else
    fi;
    leave()
}

/* In the end the processor belongs to one of the two, and the machine that gave up has really lost it. */
proctype watch() {
end_watch:
    timeout ->
    assert(owner != taken);
    assert(!lost || taken)
}

init {
    atomic { run memory(); run machine(); run monitor(); run watch() }
}
