/*
 * A select keeps the place of a case in a channel's queue from one wait to the next, and opens the next wait without the channel's lock, while
 * somebody who has a value for the channel takes the place out of the queue. Every value is received, and no wait lasts for ever.
 *
 * What each step stands for (src/Weft):
 *
 *   selecting     Select.WaitAsync: TryChooseLast, if no mark is seen: then the place is taken for queued without a look when another case
 *                 won last, and for gone when this one did. Otherwise Choose: SelectOperation.Settle takes the mark back, an exchange, and then
 *                 the place is looked at. If it is queued, SelectOperation.Open, an exchange; then IsUndisturbed reads the mark, and
 *                 TryWithdraw if it is there. If not, under the channel's lock: TryNow, Enqueue, Open
 *   sender        Chan.SendNow, under the channel's lock: WaitQueue.Take takes the place out and claims the wait (SelectOperation.TryClaimOpen: a
 *                 no only after the mark, an exchange, and after a failed claim another look); if there is none to claim, the value goes
 *                 into the channel's buffer
 *   other         another case of the select, which claims the wait if it is open, so that there is more than one wait
 *   another       a sender at another channel, which has dropped the select's place there and sets the mark
 *
 * Memory. A store of either side may wait in a buffer of its own until an interlocked instruction of that side.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_OPEN_FENCE    the wait is opened by a plain store
 *   -DNO_CLAIM_FENCE   the sender sets the mark by a plain store, and says no without another look at the wait
 *   -DNO_MARK          the sender fences, but sets no mark
 *   -DNO_LATE_MARK     the sender takes a failed compare-and-swap for a fence that needs no mark
 *   -DNO_LOOK          the select does not look at the mark once its wait is open
 *   -DNO_SETTLE_FENCE  the mark is taken back by a plain store
 *   -DSETTLE_LATE      the mark is taken back once the place has been looked at
 *   -DNO_SECOND_TRY    the sender gives up after a failed compare-and-swap
 *   -DNO_WITHDRAWAL    the select goes back to look without withdrawing the wait
 */

#define VALUES 2
#define TIMES 2

mtype = { closed, open, by_value, by_time };

byte lock;                 /* of the channel */
bool queued = true;        /* as memory has it: kept from an earlier wait */
bool mark;                 /* as memory has it */
mtype state = closed;      /* as memory has it */
byte number;               /* the number of the wait, part of the state's word */
byte buffered;             /* values in the channel */
byte received;
byte timed;

/* Stores that wait in the buffer of their side, the upper one of the two before the lower. */
bool clears;               /* the sender's queued = false */
bool marks;                /* the sender's mark = true */
bool unmarks;              /* the select's mark = false */
bool opens;                /* the select's state = open */

inline enter() { atomic { lock == 0 -> lock = 1 } }
inline leave() { atomic { lock = 0 } }
inline drain_sender() {
    atomic {
        if :: clears -> clears = false; queued = false :: else fi;
        if :: marks -> marks = false; mark = true :: else fi
    }
}
inline drain_select() {
    atomic {
        if :: unmarks -> unmarks = false; mark = false :: else fi;
        if :: opens -> opens = false; state = open :: else fi
    }
}

proctype memory() {
end_memory:
    do
    :: atomic { clears -> clears = false; queued = false }
    :: atomic { marks && !clears -> marks = false; mark = true }
    :: atomic { unmarks -> unmarks = false; mark = false }
    :: atomic { opens && !unmarks -> opens = false; state = open }
    od
}

inline settle() {
    if
    :: mark && !unmarks ->
#ifdef NO_SETTLE_FENCE
        unmarks = true
#else
        atomic { drain_select(); mark = false }
#endif
    :: else
    fi
}

proctype selecting() {
    bool kept;
    bool known = true;     /* one case won last, and all others are queued or marked */
    bool mine = false;     /* it was this one */
    bool done;
    byte waits;
    do
    :: waits < VALUES + TIMES ->
        waits++;
        done = false;
        do
        :: !done ->
            if
            :: known && !mark -> kept = !mine                /* TryChooseLast */
            :: else ->                                       /* Choose */
                known = false;
#ifdef SETTLE_LATE
                kept = queued;
                settle()
#else
                settle();
                kept = queued
#endif
            fi;
            if
            :: kept ->
                number++;
#ifdef NO_OPEN_FENCE
                opens = true;
#else
                drain_select();
                state = open;
#endif
#ifndef NO_LOOK
                if
                :: mark && !unmarks ->                       /* IsUndisturbed: it is not */
#ifndef NO_WITHDRAWAL
                    atomic {
                        drain_select();
                        if
                        :: state == open -> state = closed   /* TryWithdraw: again */
                        :: else -> done = true
                        fi
                    }
#endif
                :: else -> done = true
                fi
#else
                done = true
#endif
            :: else ->
                enter();
                if
                :: buffered > 0 ->                           /* TryNow */
                    buffered--;
                    received++;
                    leave();
                    /* it was the only one that was looked at, or not */
                    if :: known = true; mine = true :: known = false fi;
                    goto next
                :: else ->
                    queued = true;                           /* Enqueue */
                    number++;
                    drain_select();
                    state = open;
                    leave();
                    done = true
                fi
            fi
        :: else -> break
        od;
        atomic {                                             /* until somebody has won */
            (state == by_value || state == by_time) ->
            if
            :: state == by_value -> received++; mine = true
            :: else -> timed++; mine = false
            fi;
            known = true;
            state = closed
        };
next:   skip
    :: else -> break
    od;
    assert(received + timed + buffered <= VALUES + TIMES)
}

proctype sender() {
    byte sent;
    byte seen;
    bool marked;
    bool claimed;
    do
    :: sent < VALUES ->
        sent++;
        enter();
        claimed = false;
        if
        :: queued ->
            clears = true;                                   /* Remove */
            marked = false;
            do
            :: state == open ->
                seen = number;
                atomic {
                    drain_sender();
                    if
                    :: state == open && number == seen -> state = by_value; claimed = true
                    :: else
                    fi
                };
#ifdef NO_LATE_MARK
                marked = true;
#endif
                if
                :: claimed -> break
                :: else ->
#ifdef NO_SECOND_TRY
                    break
#else
                    skip
#endif
                fi
            :: state != open && marked -> break
            :: state != open && !marked ->
#ifdef NO_CLAIM_FENCE
                marks = true;
                break
#else
                atomic {
                    drain_sender();
#ifndef NO_MARK
                    mark = true
#endif
                };
                marked = true
#endif
            od
        :: else
        fi;
        if
        :: claimed
        :: else -> buffered++
        fi;
        drain_sender();                                      /* the next lock's compare-and-swap, at the latest */
        leave()
    :: else -> break
    od
}

proctype other() {
    byte n;
end_other:
    do
    :: n < TIMES -> atomic { state == open -> state = by_time; n++ }
    :: else -> break
    od
}

proctype another() {
end_another:
    mark = true
}

/* In the end each wait was won, each value received. */
proctype watch() {
end_watch:
    timeout ->
    assert(received == VALUES);
    assert(timed == TIMES);
    assert(buffered == 0)
}

init {
    atomic { run memory(); run selecting(); run sender(); run other(); run another(); run watch() }
}
