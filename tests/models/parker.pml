/*
 * Sleeping against waking: a thread sleeps until there is an order for it. Every order is taken.
 *
 * What each step stands for (src/Weft):
 *
 *   sleeper     Machine.ParkForOrder and Engine.Doze; the monitor does the same
 *     look      HasOrder
 *     park      Parker.Park, with a time limit or without
 *   waker       Engine.HandTo: the order is stored, then Parker.Unpark
 *   futex       the system sleeps if the word is what the caller says, as one step; who wakes it may come late, when it sleeps for another reason
 *
 * Memory. A plain store of the sleeper to the word stays in its store buffer for any time; an interlocked instruction of the sleeper waits until that
 * is empty. There is one such store only in mutations. An order is stored before an interlocked instruction (Unpark's exchange), so it needs no buffer.
 * An order may be taken without sleeping: then its wake-up is left over, which is what makes this hard.
 *
 * Mutations, each of which must make the model fail:
 *   -DPLAIN_CONSUME   a wake-up is consumed by a plain store
 *   -DPLAIN_EXPIRE    a time-out is noted by a plain store
 *   -DSLEEP_UNSEEN    the sleeper says that it sleeps without looking whether a wake-up came
 *   -DNO_COMPARE      the system sleeps whatever the word is
 *   -DWAKE_FIRST      the waker wakes before it stores the order
 *   -DNO_WAKE         the waker does not call the system
 *   -DNO_CONSUME      a wake-up is not consumed
 *   -DLEFT_OVER       one that came before the sleeper slept is not
 */

#define ORDERS 3

#define NOTHING 0
#define WOKEN   1
#define ASLEEP  2

byte word = NOTHING;      /* as memory has it */
bool buffered;            /* a plain store of NOTHING is on its way there */
byte orders, taken;
bool sleeping;            /* in the system */
byte wakes;               /* parks that ended by a wake-up: each wants one of its own, or the sleeper would not sleep */

proctype memory() {
end:
    do
    :: atomic { buffered -> word = NOTHING; buffered = false }
    od
}

/* The sleeper's own store is seen by it at once. */
inline load_word(into) { atomic { into = (buffered -> NOTHING : word) } }

inline park(timed) {
    atomic {
        !buffered;
#ifdef SLEEP_UNSEEN
        word = ASLEEP; seen = NOTHING
#else
        seen = word;
        if
        :: word == NOTHING -> word = ASLEEP
        :: else
        fi
#endif
    }
    expired = false;
    slept = false;
    if
    :: seen == NOTHING -> slept = true;
        do
        :: load_word(seen);
            if
            :: seen != ASLEEP -> break
            :: else
            fi;
            atomic {
#ifdef NO_COMPARE
                sleeping = true
#else
                sleeping = (word == ASLEEP)
#endif
            }
endasleep:
            if
            :: !sleeping
            :: timed -> sleeping = false;
#ifdef PLAIN_EXPIRE
                buffered = true; expired = true
#else
                atomic {
                    if
                    :: word == ASLEEP -> word = NOTHING; expired = true
                    :: else
                    fi
                }
#endif
                break
            fi
        od
    :: else
    fi;
    if
    :: expired
    :: else ->
        wakes++;
        assert(wakes <= ORDERS);
#ifdef PLAIN_CONSUME
        buffered = true
#elif defined(NO_CONSUME)
        skip
#elif defined(LEFT_OVER)
        if
        :: !slept
        :: slept -> atomic { !buffered -> word = NOTHING }
        fi
#else
        atomic { !buffered -> word = NOTHING }
#endif
    fi
}

proctype sleeper() {
    byte seen;
    bool expired, slept, timed;
end:
    do
    :: orders > 0 -> atomic { orders--; taken++ }
    :: orders == 0 ->
        if
        :: timed = true
        :: timed = false
        fi;
        park(timed)
    od
}

proctype waker() {
    byte seen;
#ifndef WAKE_FIRST
    orders++;
#endif
    atomic { seen = word; word = WOKEN }
#ifndef NO_WAKE
    if
    :: seen == ASLEEP -> sleeping = false
    :: else
    fi;
#endif
#ifdef WAKE_FIRST
    orders++
#endif
}

init {
    byte i;
    atomic {
        run memory();
        run sleeper();
        do :: i < ORDERS -> run waker(); i++ :: else -> break od
    }

    /* Nothing can be done any more: the sleeper, which in the end has no time limit, sleeps with nothing to take. */
    timeout;
    assert(taken == ORDERS && orders == 0)
}
