/*
 * Exit against reap: a thread leaves its code while its creator is still noting its handle, and several others want to free it. It is joined exactly
 * once, its stack and its record are given back after the kernel has left them and not before, nobody waits for ever, and nothing is left over.
 *
 * What each step stands for (src/Weft/Threads):
 *
 *   creator       OSThread.TryStart: Platform.Create, then the store of the handle
 *   thread        OSThread.RunAndExit: State = Exited, ThreadReaper.Add (WaitForHandle; under the lock, if the claim is open: Link), then the return
 *                 from the start routine; some time after it, the kernel is off the stack ("gone")
 *   joiner        ThreadReaper.Join: TryClaim under the lock, then WaitUntilGone (TryJoin, Yield, Join), then Finish; or WaitFor
 *   tryreaper     ThreadReaper.TryReap, which OSThread.TryReap calls: under the lock, if the claim is open, TryJoin and Take; then Finish
 *   monitor       ThreadReaper.Reap, as the monitor, starts and other exits call it: those of the list for which TryJoin says yes
 *   finish        ThreadReaper.Finish and OSThread.Release: stack back to the pool, root freed, Claim = Done; then the waiters are woken
 *
 * A handle is void from the first join that succeeds; a call with it afterwards is the defect that pthread_join does not forgive.
 *
 * Memory. Claim = Done is a plain store: it may stay in the store buffer of the finisher until the fence (Interlocked.Decrement of _taken). All
 * other shared words are written under the lock or by interlocked instructions.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_CLAIM        Add links a thread without looking at its claim
 *   -DJOIN_UNCLAIMED  TryReap joins under the lock without looking at the claim
 *   -DFREE_AT_EXIT    the stack is freed once the thread says that it has exited, without a join
 *   -DNO_HANDLE_WAIT  Add does not wait for the handle
 *   -DNO_WAIT_FENCE   Finish reads _waiters before its store is visible
 */

#define OPEN  0
#define TAKEN 1
#define DONE  2

bool created;             /* the thread exists */
bool handle;              /* OSThread.Handle has been stored */
bool exited;              /* OSThread.State is Exited */
bool gone;                /* the kernel is off the stack: a join succeeds */
bool joined;              /* the handle is void */
bool freed;               /* stack given back, root freed */
byte frees;

byte claim = OPEN;        /* ReaperNode.Claim, as everybody sees it */
bool done_buffered;       /* Claim = Done waits in a store buffer */
bool listed;              /* ReaperNode.IsListed */
bool lock;                /* ThreadReaper._lock */

byte waiters;             /* ThreadReaper._waiters */
byte signal;              /* ThreadReaper._signal, small enough to count */

inline enter() { atomic { !lock -> lock = true } }
inline leave() { atomic { assert(lock); lock = false } }

/* IThreadPlatform.TryJoin. */
inline try_join(result) {
    atomic {
        assert(handle);                   /* a handle that was not stored yet is garbage */
        assert(!joined);                  /* and one that was joined is void */
        if
        :: gone -> joined = true; result = true
        :: else -> result = false
        fi
    }
}

/* The lock is held. */
inline take() {
    atomic { assert(claim == OPEN); claim = TAKEN; listed = false }
}

inline finish() {
    assert(joined);
    atomic {
        assert(gone);                     /* the system uses neither stack nor root any more */
        assert(!freed);
        freed = true; frees++
    };
    done_buffered = true;                 /* Claim = Done */
#ifndef NO_WAIT_FENCE
    atomic { done_buffered = false; claim = DONE };
#endif
    if
    :: waiters > 0 -> atomic { signal++ } /* and Wake: those that sleep on the old value go on */
    :: else
    fi
}

/* Store buffers drain in the end. */
proctype memory() {
end_memory:
    do
    :: atomic { done_buffered -> done_buffered = false; claim = DONE }
    od
}

proctype creator() {
    created = true;                       /* pthread_create has made it; it may run before this goes on */
    handle = true
}

proctype thread() {
    created;                              /* and runs its body */
    exited = true;
#ifdef FREE_AT_EXIT
    enter(); atomic { if :: !freed -> assert(gone); freed = true :: else fi }; leave();
#endif
    /* Add */
    if
    :: claim != OPEN -> skip
    :: else ->
#ifndef NO_HANDLE_WAIT
        handle;                           /* WaitForHandle */
#endif
        enter();
#ifdef NO_CLAIM
        listed = true;
#else
        if
        :: claim == OPEN && !listed -> listed = true
        :: else
        fi;
#endif
        leave()
    fi;
    assert(!freed);                       /* the return from the start routine still runs on the stack, and uses the record */
    gone = true
}

proctype joiner() {
    bool mine, ok;
    byte seen;
    handle;                               /* who joins a thread got it from a start that has returned */
    enter();
    mine = (claim == OPEN);
    if
    :: mine -> take()
    :: else
    fi;
    leave();
    if
    :: mine ->
        ok = false;
        do
        :: ok -> break
        :: !ok -> gone; try_join(ok)      /* WaitUntilGone: it looks until it is */
        od;
        finish()
    :: else ->
        /* WaitFor */
        atomic { waiters++ };
        do
        :: seen = signal;
           if
           :: claim == DONE -> break
           :: else
           fi;
           signal != seen                 /* Platform.Wait: sleeps while the word has not moved */
        od;
        atomic { waiters-- }
    fi
}

proctype tryreaper() {
    bool ok;
    do
    :: handle && exited ->
        enter();
        ok = false;
#ifdef JOIN_UNCLAIMED
        try_join(ok);
        if :: ok -> claim = TAKEN; listed = false :: else fi;
#else
        if
        :: claim == OPEN -> try_join(ok); if :: ok -> take() :: else fi
        :: else
        fi;
#endif
        leave();
        if
        :: ok -> finish(); break
        :: else -> break                  /* it never waits; its caller goes on */
        fi
    od
}

proctype monitor() {
    bool ok;
end_monitor:
    do
    :: listed && gone ->                  /* it looks again and again; only the look that finds something matters */
        enter();
        ok = false;
        if
        :: listed -> try_join(ok); if :: ok -> take() :: else fi
        :: else
        fi;
        leave();
        if
        :: ok -> finish()
        :: else
        fi
    od
}

/* When nothing can happen any more, the thread was freed, once, and nobody waits. */
proctype watch() {
end_watch:
    timeout ->
    assert(freed && frees == 1);
    assert(claim == DONE && !listed && !lock);
    assert(waiters == 0)
}

init {
    atomic { run memory(); run creator(); run thread(); run joiner(); run joiner(); run tryreaper(); run monitor(); run monitor(); run watch() }
}
