/*
 * Release against mail: a machine gives up the right to run a goroutine while others send it something to run, and somebody asks to be told of
 * its end. What was sent is run, by one machine at a time, and the end is told.
 *
 * What each step stands for (src/Weft; the argument in words is in Runtime/Running/Mailbox.cs and at Goroutine.Completion):
 *
 *   machine       Engine.RunMachine
 *     take        a goroutine leaves a queue; Mailbox.MarkRunning
 *     run         Goroutine.RunMailbox: the slot, then what Mailbox.TryTake finds in the inbox; the first run may be the body's end, which sets FlagEnded
 *     release     Mailbox.TryPark
 *     fence       Engine.FindNext: the next goroutine is taken out of the ring, or a barrier is executed
 *     finish      Mailbox.FinishPark, then Goroutine.CompleteIfAwaited
 *   sender        Goroutine.PostContinuation: Mailbox.TryPost, else Mailbox.Post
 *   asker         Goroutine.Completion
 *
 * Memory. A machine's plain stores (the phase, FlagEnded) stay in its store buffer, in order, for any time; an interlocked instruction and a barrier
 * wait until it is empty. All other stores are made by interlocked instructions, or precede one by which the other side finds them.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_FENCE      nothing is executed between the two halves of the release
 *   -DNO_LOOK       the second half does not look at the inbox
 *   -DNO_COMPARE    the second half makes the goroutine Ready whatever its phase is
 *   -DASK_FIRST     whether somebody has asked for the end is looked up before the fence
 *   -DNO_PHASE      the sender does not look at the phase again after it has pushed
 *   -DNO_ENDED      the asker does not look whether the goroutine has ended already
 */

#define MACHINES 2
#define SENDERS  2

#define PARKED  0
#define READY   1
#define RUNNING 2

/* What a store is to. */
#define PHASE 0
#define ENDED 1

byte phase = READY;
bool ended;
bool slot = true;         /* begins with the body */
byte inbox;               /* items pushed and not taken */
byte queued = 1;          /* the queues it is in */
byte runners;
byte ran;                 /* items run, the body among them */
byte sent;
bool asked, told;

chan stores[MACHINES] = [4] of { byte, byte };

proctype memory(byte m) {
    byte what, value;
end:
    do
    :: atomic {
        stores[m] ? what, value ->
            if
            :: what == PHASE -> phase = value
            :: else -> ended = true
            fi;
            what = 0;
            value = 0
       }
    od
}

inline enqueue() {
    atomic { queued++; assert(queued == 1) }
}

/* Interlocked: true if it was Parked and is Ready now. */
inline try_ready(won) {
    atomic {
        if
        :: phase == PARKED -> phase = READY; won = true
        :: else -> won = false
        fi
    }
}

proctype machine(byte m) {
    bool won, ends, saw;
end:
    do
    :: atomic { queued > 0 && empty(stores[m]) -> queued--; runners++; assert(runners == 1) }
        stores[m] ! PHASE, RUNNING;
        if
        :: slot -> slot = false; ran++
        :: else
        fi;
        if
        :: ran == 1 && !ended -> ends = true; stores[m] ! ENDED, 1
        :: true
        fi;
        if
        :: inbox > 0 -> atomic { empty(stores[m]) -> ran = ran + inbox; inbox = 0 }
        :: else
        fi;

        /* release */
        runners--;
        stores[m] ! PHASE, PARKED;
#ifdef ASK_FIRST
        saw = asked;
#endif
#ifndef NO_FENCE
        empty(stores[m]);
#endif

        /* finish */
#ifndef NO_LOOK
        if
        :: inbox > 0 ->
#ifdef NO_COMPARE
            phase = READY; enqueue()
#else
            atomic { empty(stores[m]) -> try_ready(won) }
            if
            :: won -> enqueue()
            :: else
            fi
#endif
        :: else
        fi;
#endif
#ifndef ASK_FIRST
        saw = asked;
#endif
        /* If it ended in an earlier run, the one that ran it tells. */
        if
        :: ends && saw -> told = true
        :: else
        fi;
        won = false;
        ends = false;
        saw = false
    od
}

proctype sender() {
    bool won;
    if
    :: sent++
    :: goto done              /* fewer are sent */
    fi;
    if
    :: phase == PARKED ->
        try_ready(won);
        if
        :: won -> slot = true; enqueue(); goto done
        :: else
        fi
    :: else
    fi;
    inbox++;
#ifndef NO_PHASE
    if
    :: phase == PARKED ->
        try_ready(won);
        if
        :: won -> enqueue()
        :: else
        fi
    :: else
    fi;
#endif
done:
    skip
}

proctype asker() {
    asked = true;
#ifndef NO_ENDED
    if
    :: ended -> told = true
    :: else
    fi
#endif
}

init {
    byte i;
    atomic {
        i = 0;
        do :: i < MACHINES -> run memory(i); run machine(i); i++ :: else -> break od;
        i = 0;
        do :: i < SENDERS -> run sender(); i++ :: else -> break od;
        run asker()
    }

    /* Nothing can be done any more. */
    timeout;
    assert(ran == sent + 1);
    assert(phase == PARKED && queued == 0);
    assert(!ended || told)
}
