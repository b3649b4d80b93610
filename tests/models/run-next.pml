/*
 * The slot for the goroutine that a processor runs next: its owner fills and empties it with plain loads and stores, thieves empty it, too.
 * Every goroutine is run, and none twice.
 *
 * What each step stands for (src/Weft/Runtime/Queues/RunNextSlot.cs):
 *
 *   owner    Put, while it finds the slot empty; Take: store taking, load thieves, take by a load and a store or by an exchange, store taking
 *   thief    Steal: raise thieves, the process-wide fence, load taking, exchange, lower thieves
 *
 * Memory. The owner's plain stores go through a buffer, in order, and reach memory at any later time; it sees its own at once. An exchange empties the
 * buffer, and so does the thief's fence, which the owner's CPU executes between two instructions of the owner. Thieves store by interlocked
 * instructions only.
 *
 * Mutations, each of which must make the model fail:
 *   -DNO_FENCE       the thief's fence is left out
 *   -DFENCE_FIRST    the thief fences before it raises thieves
 *   -DNO_TAKING      the thief does not look whether the owner is taking
 *   -DNO_THIEVES     the owner does not look for thieves
 *   -DSLOT_FIRST     the owner loads the slot before it looks for thieves
 *   -DLOWER_FIRST    the thief lowers thieves before it takes
 */

#define GOROUTINES 3
#define THIEVES 2
#define TRIES 2

#define SLOT 0
#define TAKING 1

byte slot;                       /* as memory has it; 0: empty */
byte taking;                     /* as memory has it */
byte thieves;
bool ran[GOROUTINES + 1];
byte finished;                   /* thieves that will not come again */

/* The owner's store buffer, and the last value that it has stored to the slot while that is in there. */
chan buffer = [8] of { byte, byte };
byte slot_stores;
byte slot_stored;

inline reach_memory() {
    buffer ? where, value;
    if
    :: where == SLOT -> slot = value; slot_stores--
    :: where == TAKING -> taking = value
    fi
}

inline drain() {
    do
    :: nempty(buffer) -> reach_memory()
    :: empty(buffer) -> break
    od
}

inline store_slot(g) { atomic { buffer ! SLOT, g; slot_stores++; slot_stored = g } }
inline load_slot(into) { atomic { if :: slot_stores > 0 -> into = slot_stored :: else -> into = slot fi } }
inline execute(g) { atomic { if :: g != 0 -> assert(!ran[g]); ran[g] = true :: else fi } }

proctype memory() {
    byte where, value;
end_memory:
    do
    :: atomic { nempty(buffer) -> reach_memory(); where = 0; value = 0 }
    od
}

inline take() {
    buffer ! TAKING, 1;
#ifdef SLOT_FIRST
    load_slot(got);
#endif
    seen = thieves;
#ifdef NO_THIEVES
    seen = 0;
#endif
    if
    :: seen == 0 ->
#ifndef SLOT_FIRST
        load_slot(got);
#endif
        store_slot(0)
    :: else ->
        atomic { drain(); got = slot; slot = 0; where = 0; value = 0 }
    fi;
    buffer ! TAKING, 0;
    execute(got);
    got = 0
}

proctype owner() {
    byte next = 1, got, seen, where, value;
    do
    :: next <= GOROUTINES ->
        load_slot(got);
        if
        :: got == 0 -> store_slot(next); next++
        :: got != 0 -> take()
        fi
    :: else -> break
    od;
    do
    :: finished == THIEVES -> break
    :: finished < THIEVES ->
        load_slot(got);
        if :: got != 0 -> take() :: else -> finished == THIEVES fi
    od;
    load_slot(got);
    if :: got != 0 -> take() :: else fi;
    assert(ran[1] && ran[2] && ran[3])
}

proctype thief() {
    byte tries, stolen, seen, where, value;
    do
    :: tries < TRIES ->
        tries++;
#ifdef FENCE_FIRST
        atomic { drain(); where = 0; value = 0 }
#endif
        thieves++;
#ifndef FENCE_FIRST
#ifndef NO_FENCE
        atomic { drain(); where = 0; value = 0 }
#endif
#endif
        seen = taking;
#ifdef NO_TAKING
        seen = 0;
#endif
#ifdef LOWER_FIRST
        thieves--;
#endif
        if
        :: seen == 0 -> atomic { stolen = slot; slot = 0 }
        :: else
        fi;
#ifndef LOWER_FIRST
        thieves--;
#endif
        execute(stolen);
        stolen = 0;
        seen = 0
    :: break
    od;
    finished++
}

init {
    atomic { run memory(); run owner(); run thief(); run thief() }
}
