/*
 * A select keeps the place of a case in a channel's queue from one wait to the next, and opens the next wait without the channel's lock, while
 * somebody who has a value for the channel takes the place out of the queue. Every value is received, and no wait lasts for ever.
 *
 * What each step stands for (src/Weft):
 *
 *   selecting     Select.WaitAsync: Choose reads whether the place is still queued. If so, SelectOperation.Open, an exchange; then
 *                 PlacesAreKept, and TryWithdraw if it is gone. If not, under the channel's lock: TryNow, Enqueue, Open
 *   sender        Chan.SendNow, under the channel's lock: WaitQueue.Take marks the place as not queued and claims the wait
 *                 (SelectOperation.TryClaimOpen: a no only after a fence, and after a failed claim another look); if there is none to claim,
 *                 the value goes into the channel's buffer
 *   other         a timer, which claims the wait if it is open, so that there is more than one wait
 *
 * Memory. A store of either side may wait in a buffer of its own until an interlocked instruction of that side.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_OPEN_FENCE    the wait is opened by a plain store
 *   -DNO_CLAIM_FENCE   the sender says no without a fence
 *   -DNO_LOOK          the select does not look whether its place is still queued
 *   -DNO_SECOND_TRY    the sender gives up after a failed compare-and-swap
 *   -DNO_WITHDRAWAL    the select goes back to look without withdrawing the wait
 */

#define VALUES 2
#define TIMES 1

mtype = { closed, open, by_value, by_time };

byte lock;                 /* of the channel */
bool queued = true;        /* as memory has it: kept from an earlier wait */
mtype state = closed;      /* as memory has it */
byte number;               /* the number of the wait, part of the state's word */
byte buffered;             /* values in the channel */
byte received;
byte timed;

bool clears;               /* the sender's store queued = false waits in its buffer */
bool opens;                /* the select's store state = open waits in its buffer */

inline enter() { atomic { lock == 0 -> lock = 1 } }
inline leave() { atomic { lock = 0 } }
inline drain_sender() { atomic { if :: clears -> clears = false; queued = false :: else fi } }
inline drain_select() { atomic { if :: opens -> opens = false; state = open :: else fi } }

proctype memory() {
end_memory:
    do
    :: atomic { clears -> clears = false; queued = false }
    :: atomic { opens -> opens = false; state = open }
    od
}

proctype selecting() {
    bool kept;
    bool done;
    byte waits;
    do
    :: waits < VALUES + TIMES ->
        waits++;
        done = false;
        do
        :: !done ->
            kept = queued;                                   /* Choose */
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
                :: !queued ->                                /* PlacesAreKept */
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
            :: state == by_value -> received++
            :: else -> timed++
            fi;
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
    bool fenced;
    bool claimed;
    do
    :: sent < VALUES ->
        sent++;
        enter();
        claimed = false;
        if
        :: queued ->
            clears = true;                                   /* Remove */
            fenced = false;
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
                fenced = true;
                if
                :: claimed -> break
                :: else ->
#ifdef NO_SECOND_TRY
                    break
#else
                    skip
#endif
                fi
            :: state != open && fenced -> break
            :: state != open && !fenced ->
#ifdef NO_CLAIM_FENCE
                break
#else
                drain_sender();
                fenced = true
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

/* In the end each wait was won, each value received. */
proctype watch() {
end_watch:
    timeout ->
    assert(received == VALUES);
    assert(timed == TIMES);
    assert(buffered == 0)
}

init {
    atomic { run memory(); run selecting(); run sender(); run other(); run watch() }
}
