/*
 * Retire against submit: work is published while processors and machines go idle and idle machines are ordered out.
 * Nobody may be left with runnable work, an idle processor, and no machine on its way.
 *
 * What each step stands for (src/Weft/Runtime/Core; the argument in words is in the class comment of Engine):
 *
 *   submitter     a machine that publishes and then computes without entering the scheduler again, on a processor of its own
 *     publish     Engine.PutNext: the goroutine goes into a queue that thieves reach (but for the three cases in which PutNext wakes nobody, and leaves
 *                 it to the monitor)
 *     fence       the memory barrier in PutNext; for the global queue, leaving the lock in Engine.PutGlobal
 *     wake        Engine.Wake and WakeOne: idle processor? nobody spinning? then spinning 0 -> 1, pop the processor, StartMachine
 *   machine       Engine.RunMachine
 *     look        FindRunnable: FindHere, Steal, which searches only while few do; FoundWork wakes the next
 *     run         Execute: the goroutine computes until all others have run, too: none of them may count on this machine
 *     go idle     GoIdle: push the processor (lock), lower spinning, look at every queue again (AnyWork)
 *     park        Engine.AcquireOrIdle: onto the idle list (lock), Machine.ParkForOrder, Parker.Park
 *     leave       LeaveForGood
 *   monitor       Engine.RetireIdleMachines: takes the oldest off the idle list and orders it out, in one hold of the lock
 *
 * Memory. Every store here is visible at once but the one that publishes: it may stay in the submitter's store buffer for any time, until the fence.
 * That is what x86 and Arm do to a plain store that is followed by a load of something else; the other side's stores are all made by interlocked
 * instructions or under the lock.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_FENCE      the submitter's fence is left out
 *   -DNO_RECHECK    GoIdle does not look at the queues again
 *   -DNO_CHAIN      FoundWork does not wake the next
 *   -DNO_UNLINK     RetireIdleMachines decides under the lock, but takes the machine off the list after it has left it
 */

#define GOROUTINES 2
#define PROCESSORS 2      /* beside the submitter's own */
#define MACHINES   6      /* records; a machine that has left may be made again */
#define NONE       255

/* Where a goroutine is published; behind it, the submitter's store buffer. */
byte queued;              /* runnable goroutines that anybody can see */
byte buffered;            /* published, not yet visible */
byte ran;                 /* goroutines that were run */
byte submitted;

/* Engine._lock; every step under it is one atomic step here, as nobody looks at what it guards without it, but for the counts. */
byte idle_processors = PROCESSORS;
byte spinning;

/* A machine's record. */
bool alive[MACHINES];     /* it has a thread */
bool is_idle[MACHINES];   /* on the idle list: Machine.IsIdle */
bool has_processor[MACHINES];
bool is_spinning[MACHINES];
bool handed[MACHINES]; /* Machine.NextProcessor */
bool order_exit[MACHINES];/* Machine.Order == Exit */
bool woken[MACHINES];     /* the Parker's word is 1 */

inline flush() {
    atomic { queued = queued + buffered; buffered = 0 }
}

/* StartMachine: the processor is in the caller's hands; the machine is counted as spinning already. */
inline start_machine(m) {
    atomic {
        m = 0;
        do
        :: m < MACHINES && is_idle[m] -> break
        :: m < MACHINES && !is_idle[m] -> m++
        :: m == MACHINES -> break
        od;
        if
        :: m < MACHINES ->
            is_idle[m] = false;
            assert(!order_exit[m]);       /* nobody hands anything to a machine that was ordered out */
            assert(!handed[m]);
            is_spinning[m] = true;
            handed[m] = true
        :: else ->
            m = 0;
            do
            :: m < MACHINES && !alive[m] -> break
            :: m < MACHINES && alive[m] -> m++
            :: m == MACHINES -> break
            od;
            if
            :: m < MACHINES ->            /* MachineFactory.TryReserve, Launch */
                alive[m] = true;
                order_exit[m] = false;
                woken[m] = false;
                is_spinning[m] = true;
                handed[m] = true;
                run machine(m);
                m = NONE
            :: else ->
                assert(false)             /* the model has too few records */
            fi
        fi
    }
    if
    :: m != NONE -> woken[m] = true       /* Unpark, after the lock */
    :: else
    fi
}

/* Wake and WakeOne. */
inline wake(m) {
    if
    :: idle_processors > 0 ->
        if
        :: spinning == 0 ->
            bool won = false;
            atomic { if :: spinning == 0 -> spinning = 1; won = true :: else fi }
            if
            :: won ->
                bool got = false;
                atomic { if :: idle_processors > 0 -> idle_processors--; got = true :: else fi }
                if
                :: got -> start_machine(m)
                :: else -> atomic { spinning-- }
                fi
            :: else
            fi
        :: else
        fi
    :: else                               /* the monitor watches the machines: EnsureWatching */
    fi
}

proctype machine(byte me) {
    byte m;
    bool found;

    atomic { handed[me] = false; has_processor[me] = true }   /* AcceptProcessor */

look:
    assert(has_processor[me]);
    /* Steal: a machine that does not spin yet begins to, or finds that enough others do. */
    found = false;
    if
    :: !is_spinning[me] -> atomic { is_spinning[me] = true; spinning++ }
    :: !is_spinning[me] -> goto idle
    :: is_spinning[me]
    fi;
    atomic {
        if
        :: queued > 0 -> queued--; found = true
        :: else
        fi
    }
    if
    :: found ->
        /* FoundWork */
        atomic { is_spinning[me] = false; spinning-- }
#ifndef NO_CHAIN
        wake(m);
#endif
        ran++;                                                   /* Execute */
        ran == GOROUTINES;
        goto look
    :: else
    fi;

idle:
    /* GoIdle */
    atomic { has_processor[me] = false; idle_processors++ }      /* PushIdle, under the lock */
    if
    :: is_spinning[me] -> atomic { is_spinning[me] = false; spinning-- }
    :: else
    fi;
#ifndef NO_RECHECK
    if
    :: queued > 0 ->
        found = false;
        atomic { if :: idle_processors > 0 -> idle_processors--; has_processor[me] = true; found = true :: else fi }
        if
        :: found -> atomic { is_spinning[me] = true; spinning++ }; goto look
        :: else
        fi
    :: else
    fi;
#endif

    /* AcquireOrIdle */
    atomic { is_idle[me] = true }
park:
    /* ParkForOrder: a wake-up may be left over, and is consumed. */
end_park:
    atomic { woken[me] -> woken[me] = false }
    if
    :: handed[me] -> atomic { handed[me] = false; has_processor[me] = true }; goto look
    :: else ->
        if
        :: order_exit[me] -> skip
        :: else -> goto park
        fi
    fi;

    /* LeaveForGood */
    assert(!has_processor[me] && !is_spinning[me]);              /* a retiring machine owns nothing */
    atomic {
        assert(!handed[me]);
        assert(!is_idle[me]);
        alive[me] = false
    }
}

proctype submitter() {
    byte m;
    do
    :: submitted < GOROUTINES ->
        submitted++;
        buffered++;                                              /* publish */
#ifndef NO_FENCE
        flush();
#endif
        wake(m)
    :: else -> break
    od
}

/* The store buffer drains in the end, whenever it likes. */
proctype memory() {
end_memory:
    do
    :: atomic { buffered > 0 -> flush() }
    od
}

/* Orders out any machine that is idle, at any time: time-outs are of any length. */
proctype monitor() {
    byte m;
end_monitor:
    do
    :: atomic {
           is_idle[0] || is_idle[1] || is_idle[2] || is_idle[3] || is_idle[4] || is_idle[5];
           select(m : 0 .. MACHINES - 1);
           if
           :: !is_idle[m] -> goto end_monitor
           :: is_idle[m]
           fi;
#ifndef NO_UNLINK
           is_idle[m] = false; order_exit[m] = true
#endif
       };
#ifdef NO_UNLINK
       atomic { is_idle[m] = false; order_exit[m] = true };
#endif
       woken[m] = true                                           /* Unpark, after the lock */
    od
}

/*
 * When nothing can happen any more (timeout), every goroutine has run: none waits in the queue beside an idle processor. And no spinning count is
 * left over, which would keep everybody from waking anybody.
 */
proctype watch() {
end_watch:
    timeout ->
    assert(ran == submitted && queued == 0 && buffered == 0);
    assert(spinning == 0);
    assert(idle_processors == PROCESSORS)
}

init {
    atomic { run submitter(); run memory(); run monitor(); run watch() }
}
