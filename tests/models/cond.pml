/*
 * The hand-over of a Cond: a waiter gives up the lock, stands in the condition's line until there is a signal, and then in the lock's line. Waiters are
 * cancelled meanwhile, or abandoned with their scheduler. Whatever comes, a waiter that goes on has the lock, no signal is lost as long as there is
 * another waiter to have it, and the lock is free in the end.
 *
 * What each step stands for (src/Weft/Sync):
 *
 *   consumer      Cond.WaitAsync in a loop, then Unlock. Cond.TryEnter: under the condition's gate into its line, then GoLock.TryUnlock. LineWaiter.Run:
 *                 the mail has come; a waiter that was woken takes the lock, or goes back to the head of its line (GoLock.OnWoken). A waiter that
 *                 blocks is woken by the signal itself, and takes the lock as a newcomer does (Cond.Wait)
 *   producer      changes the condition with the lock, and signals, before it unlocks or after
 *   canceller     Cond.TryRemove under the condition's gate, then CondWaiter.EndCancelled
 *   abandoner     Engine.Stop: a goroutine that waits never runs again. What it finds in its mail is passed on for it: Cond.PassOn
 *   settle        unlock: GoLock.TryUnlock; wake: GoLock.WakeFirst, with CondWaiter.OnDropped for an abandoned waiter; signal: Cond.Signal,
 *                 TrySignal and EnterLock. One calls the other, so each is a debt that the same process settles
 *
 * Left out: that a lock which has kept a waiter waiting for long is not given to newcomers (Starving); that is about time.
 *
 * Memory. Each step is under a gate or is one interlocked instruction, and what a waiter keeps for itself is stored before such a step and read after
 * one. So all see the steps in one order.
 *
 * Mutations, each of which must make the model fail:
 *   -DUNLOCK_FIRST   the waiter gives up the lock before it stands in the condition's line
 *   -DCLEAR_LATE     the signaller takes a waiter out of the line, and notes in another step that it awaits no signal any more
 *   -DANY_LINE       a cancellation takes a waiter out of the lock's line as well
 *   -DNO_LOCK_AGAIN  a cancelled waiter goes on at once, without the lock
 *   -DNO_GIVE_BACK   an abandoned waiter keeps the lock that it was given
 *   -DNO_WAKE_NEXT   an abandoned waiter that was woken for the lock wakes no other
 *   -DNO_PASS_ON     an abandoned waiter that has mail keeps its signal
 *   -DLINE_KEEPS     an abandoned waiter that is taken out of the lock's line keeps its signal
 *   -DNO_RELEASE     the signaller takes the lock for a waiter that is abandoned then, and keeps it
 */

#define CONSUMERS 3
#define PRODUCERS 2
#define BLOCKING 3                 /* the consumer that blocks; the others are goroutines */
#define NOBODY 0
#define SOMEBODY 9                 /* owner of the lock: no consumer */

mtype = { none, woken_up, granted };

byte owner = NOBODY;               /* of the lock */
bool woken;                        /* the lock's Woken */
chan condition = [CONSUMERS] of { byte };
chan line = [CONSUMERS] of { byte };
bool awaits[CONSUMERS + 1];        /* CondWaiter.AwaitsSignal */
mtype mail[CONSUMERS + 1] = none;
bool waits[CONSUMERS + 1];         /* parked, or its mail not run yet */
bool abandoned[CONSUMERS + 1];
bool cancelled[CONSUMERS + 1];
bool over[CONSUMERS + 1];
byte items;                        /* what the condition is about */

/* What the process has to do before it goes on. */
#define DEBTS bool owes_unlock, owes_wake; byte owes_signals, first

inline enter_lock(id, failed) {
    atomic {
        if
        :: owner != NOBODY -> line ! id; id = NOBODY
        :: else -> owner = id
        fi
    };
    if
    :: id == NOBODY                                          /* the lock's line wakes it */
    :: else ->
        atomic {                                             /* LineWaiter.Grant */
            if
            :: abandoned[id] ->
                failed = true;
#ifndef NO_RELEASE
                owes_unlock = true
#endif
            :: else -> mail[id] = granted
            fi;
            id = NOBODY
        }
    fi
}

inline settle() {
    do
    :: owes_unlock ->
        atomic {
            owes_unlock = false;
            assert(owner != NOBODY);
            owner = NOBODY;
            if
            :: len(line) > 0 && !woken -> woken = true; owes_wake = true
            :: else
            fi
        }
    :: owes_wake && !owes_unlock ->
        atomic {
            if
            :: len(line) > 0 -> line ? first
            :: else -> woken = false; owes_wake = false
            fi
        };
        if
        :: first == NOBODY
        :: else ->
            atomic {                                         /* LineWaiter.Wake */
                if
                :: abandoned[first] ->
#ifndef LINE_KEEPS
                    if :: !cancelled[first] -> owes_signals++ :: else fi
#else
                    skip
#endif
                :: else -> mail[first] = woken_up; owes_wake = false
                fi;
                first = NOBODY
            }
        fi
    :: owes_signals > 0 && !owes_unlock && !owes_wake ->
        failed = false;
        atomic {
            if
            :: len(condition) > 0 ->
                condition ? first;
#ifndef CLEAR_LATE
                awaits[first] = false
#endif
            :: else -> owes_signals--
            fi
        };
        if
        :: first == NOBODY
        :: else ->
#ifdef CLEAR_LATE
            awaits[first] = false;
#endif
            if
            :: first == BLOCKING -> atomic { mail[first] = granted; first = NOBODY }
            :: first != BLOCKING && abandoned[first] -> first = NOBODY; failed = true
            :: else -> enter_lock(first, failed)
            fi;
            if
            :: failed
            :: else -> owes_signals--
            fi
        fi
    :: else -> break
    od
}

proctype consumer(byte me) {
    DEBTS;
    bool failed;
    atomic { owner == NOBODY -> owner = me };
    do
    :: items == 0 && !cancelled[me] ->
#ifdef UNLOCK_FIRST
        owes_unlock = true;
        settle();
#endif
        atomic { condition ! me; awaits[me] = true; waits[me] = true };
#ifndef UNLOCK_FIRST
        owes_unlock = true;
        settle();
#endif
end_waiting:
        do
        :: atomic { mail[me] == granted && !abandoned[me] -> mail[me] = none; waits[me] = false };
            if
            :: me == BLOCKING -> atomic { owner == NOBODY -> owner = me }
            :: else
            fi;
            break
        :: atomic { mail[me] == woken_up && !abandoned[me] -> mail[me] = none };
            atomic {                                         /* GoLock.OnWoken */
                woken = false;
                if
                :: owner == NOBODY -> owner = me; waits[me] = false
                :: else ->                                   /* to the head */
                    if
                    :: len(line) == 0 -> line ! me
                    :: len(line) == 1 -> line ? first; line ! me; line ! first; first = NOBODY
                    fi
                fi
            };
            if :: owner == me && !waits[me] -> break :: else fi
        :: atomic { mail[me] != none && abandoned[me] ->     /* Cond.PassOn */
#ifndef NO_GIVE_BACK
                if :: mail[me] == granted -> owes_unlock = true :: else fi;
#endif
#ifndef NO_WAKE_NEXT
                if :: mail[me] == woken_up -> owes_wake = true :: else fi;
#endif
#ifndef NO_PASS_ON
                if :: !cancelled[me] -> owes_signals++ :: else fi;
#endif
                mail[me] = none
            };
            settle();
            goto left
        od;
        assert(owner == me)
    :: else -> break
    od;
    assert(owner == me);
    if :: items > 0 && !cancelled[me] -> items-- :: else fi;
    over[me] = true;
    owes_unlock = true;
    settle();
left:
    skip
}

proctype producer() {
    DEBTS;
    bool failed;
    atomic { owner == NOBODY -> owner = SOMEBODY };
    items++;
    if
    :: owes_signals++; settle(); owes_unlock = true
    :: owes_unlock = true; settle(); owes_signals++
    fi;
    settle()
}

inline take_out(from, id) {
    count = len(from);
    do
    :: count > 0 -> count--; from ? other; if :: other == id :: else -> from ! other fi
    :: else -> break
    od;
    other = NOBODY
}

/* The first consumer's token. */
proctype canceller() {
    DEBTS;
    bool failed;
    byte id, count, other;
end_canceller:
    atomic {
        awaits[1] -> awaits[1] = false;
        take_out(condition, 1);
        cancelled[1] = true;
        id = 1
    };
#ifdef NO_LOCK_AGAIN
    mail[1] = granted;
#else
    enter_lock(id, failed);
    settle()
#endif
}

#ifdef ANY_LINE
proctype hasty() {
    DEBTS;
    bool failed;
    byte id, count, other;
end_hasty:
    atomic {
        line ?? [1] -> take_out(line, 1);
        cancelled[1] = true;
        id = 1
    };
    enter_lock(id, failed);
    settle()
}
#endif

/* Consumers that are goroutines of a scheduler which is disposed. */
proctype abandoner(byte id) {
end_abandoner:
    waits[id] -> abandoned[id] = true
}

/* In the end the lock is free, and no waiter is left that could go on. */
proctype watch() {
    byte id = 1;
end_watch:
    timeout ->
    assert(owner == NOBODY && !woken && len(line) == 0);
    do
    :: id <= CONSUMERS ->
        assert(over[id] || abandoned[id] || items == 0);
        assert(over[id] || abandoned[id] || !cancelled[id]);
        id++
    :: else -> break
    od
}

init {
    atomic {
        run consumer(1); run consumer(2); run consumer(3);
        run producer(); run producer();
        run canceller(); run abandoner(1); run abandoner(2); run watch()
#ifdef ANY_LINE
        ; run hasty()
#endif
    }
}
