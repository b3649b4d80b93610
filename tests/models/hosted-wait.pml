/*
 * A goroutine blocks for its own mail, and there may be no thread to run that: the waiting machine is given it, and runs it inside its wait. Every mail is
 * run, by one machine at a time, and the machine comes back with the run right.
 *
 * What each step stands for (src/Weft/Runtime/Core):
 *
 *   host          HostedWait.Run on the machine that waits
 *     begin       Engine.BeginBlocking: becomes a host, under the lock; Goroutine.ReleaseRunRight; if that finds mail, the goroutine is queued
 *     wait        the runtime's wait, for what was waited for, or for a signal at the machine's event
 *     return      Engine.EndBlocking: Hosting.ComesBack, under the lock; what was handed over, the run right, or the comeback item in the mailbox
 *   giver         Engine.TryHandToBound: takes the goroutine out of the queue and hands it over, under the lock; then Machine.WakeFrom
 *   worker        any other machine, which comes and goes: Engine.Execute
 *   sender        Goroutine.PostContinuation
 *
 * The inbox is counted; its fences are what release.pml is about, so here every step is seen at once. What was waited for has come when all mail was run, or
 * at any time before.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_SIGNAL        the giver wakes the parker of a machine that waits, and not its wait
 *   -DNO_LOOK          a machine that comes back does not look for what was handed over before it sleeps
 *   -DKEEP_ITEM        a machine that was given the goroutine leaves its comeback item in the mailbox
 *   -DNO_RIGHT         the giver leaves the run right to the machine, which was not the only one to see the goroutine Ready
 */

#define SENDERS 2

#define PARKED  0
#define READY   1
#define RUNNING 2

#define DEAF    0
#define HEARS   1
#define RETURNS 2

byte phase = RUNNING;
byte mail;                /* items in the mailbox, the comeback item not among them */
bool item;                /* the machine's comeback item is in the mailbox */
byte queued;              /* the queues the goroutine is in */
byte runners = 1;         /* machines with the run right */
byte ran, sent;
byte hosting = DEAF;
bool listed;              /* the machine is a host of the goroutine */
bool handed;           /* a processor was handed over to the machine */
bool with_mail;           /* together with the goroutine: it is in front of its comeback item, if that is there */
bool event, parked_wake;  /* signals that are kept: at the machine's event and at its parker */
bool over;                /* what was waited for has come */
bool returned;

inline enqueue() { atomic { queued++; assert(queued == 1) } }

inline push_done() {
    /* After a push: Parked to Ready, once. */
    atomic {
        if
        :: phase == PARKED -> phase = READY; queued++; assert(queued == 1)
        :: else
        fi
    }
}

proctype sender() {
    atomic { mail++; sent++ }
    push_done()
}

/* Another machine takes it, or not: there may be no thread. It runs what is there up to a comeback item, which it gives to the machine. */
proctype worker() {
    bool gives;
end_worker:
    do
    :: atomic { queued > 0 && !returned -> queued--; gives = (item && mail == 0) }
        if
        :: gives ->
            atomic { item = false; phase = RUNNING; runners++; assert(runners == 1); handed = true; with_mail = false }
            parked_wake = true
        :: else ->
            atomic { phase = RUNNING; runners++; assert(runners == 1) }
            atomic { ran = ran + mail; mail = 0 }
            atomic {
                runners--;
                if
                :: item || mail > 0 -> phase = READY; queued++; assert(queued == 1)
                :: else -> phase = PARKED
                fi
            }
        fi;
        gives = false
    :: break                       /* it gets a thread no more */
    od
}

/* Somebody with a processor and no thread; sees to it again and again. */
proctype giver() {
    byte was;
end_giver:
    do
    :: atomic {
            queued > 0 && ((item && mail == 0) || (listed && hosting != DEAF)) ->
            queued--;
#ifndef NO_RIGHT
            phase = RUNNING; runners++; assert(runners == 1);
#endif
            assert(!handed);
            handed = true;
            if
            :: item && mail == 0 -> item = false; with_mail = false; was = RETURNS
            :: else -> with_mail = true; was = hosting
            fi
       }
        if
#ifndef NO_SIGNAL
        :: was == HEARS -> event = true
        :: was != HEARS -> parked_wake = true
#else
        :: true -> parked_wake = true
#endif
        fi;
        was = DEAF
    od
}

inline become_host() { atomic { hosting = HEARS; listed = true } }

inline begin() {
    become_host();
    atomic {
        runners--;
        if
        :: mail > 0 -> phase = READY; queued++; assert(queued == 1)
        :: else -> phase = PARKED
        fi
    }
}

/* Leaves with the run right. */
inline come_back() {
    bool given;
    atomic { hosting = RETURNS; given = handed }
#ifdef NO_LOOK
    given = false;
#endif
    if
    :: given -> atomic { handed = false; with_mail = false }
    :: else ->
        bool won;
        atomic {
            if
            :: phase == PARKED -> phase = RUNNING; runners++; assert(runners == 1); won = true
            :: else -> won = false
            fi
        }
        if
        :: won
        :: else ->
            item = true;
            push_done();
#ifdef NO_LOOK
            atomic { parked_wake -> parked_wake = false };
#endif
            do
            :: handed -> break
            :: !handed -> atomic { parked_wake -> parked_wake = false }
            od;
            atomic {
                handed = false;
                if
#ifndef KEEP_ITEM
                :: with_mail -> item = false
#endif
                :: else
                fi;
                with_mail = false
            }
        fi;
        won = false
    fi;
    given = false;
    atomic { hosting = DEAF; listed = false };
    assert(phase == RUNNING && runners == 1 && !item)
}

proctype host() {
    begin();
    do
    :: over -> break                                  /* what was waited for goes before a signal */
    :: atomic { event -> event = false }
        if
        :: handed ->
            come_back();
            atomic { ran = ran + mail; mail = 0 }     /* OwnMail.Run */
            begin()
        :: else                                       /* the signal was for an earlier wait */
        fi
    od;
    come_back();
    returned = true;

    /* Goes on, and gives the run right up once more: what is left in the mailbox is run like anything else. */
    atomic { ran = ran + mail; mail = 0 }
}

proctype awaited() {
    if
    :: true -> ran == SENDERS                         /* its own continuation brings it */
    :: true                                           /* somebody else does */
    fi;
    over = true
}

init {
    byte i;
    atomic {
        run host();
        run giver();
        run worker();
        run awaited();
        i = 0;
        do :: i < SENDERS -> run sender(); i++ :: else -> break od
    }

    /* Nothing can be done any more. */
    timeout;
    assert(returned);
    assert(queued == 0 || mail > 0);
    assert(ran + mail == sent && sent == SENDERS);
    assert(runners == 1 && phase == RUNNING)
}
