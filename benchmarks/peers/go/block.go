package main

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// A blocker holds its thread in the kernel, as code that Go's runtime knows nothing of would: no netpoller, no runtime timer.
type blocker interface {
	prepare(n int)
	block(i int)
	release()
}

func newBlocker(kind string, length time.Duration) blocker {
	switch kind {
	case "sleep":
		return &sleeper{length}
	case "read":
		return &reader{}
	case "wait":
		return &waiter{}
	case "lock":
		return &locker{}
	}
	fail(fmt.Errorf("no kind of blocking %q", kind))
	return nil
}

// sleeper: nanosleep(2), not time.Sleep.
type sleeper struct{ length time.Duration }

func (*sleeper) prepare(int) {}
func (s *sleeper) block(int) { sleepInKernel(s.length) }
func (*sleeper) release()    {}

func sleepInKernel(length time.Duration) {
	spec := syscall.NsecToTimespec(length.Nanoseconds())
	for syscall.Nanosleep(&spec, &spec) == syscall.EINTR {
	}
}

// reader: read(2), each on a pipe of its own.
type reader struct{ pipes [][2]int }

func (r *reader) prepare(n int) {
	r.pipes = make([][2]int, n)
	for i := range r.pipes {
		if err := syscall.Pipe(r.pipes[i][:]); err != nil {
			fail(err)
		}
	}
}

func (r *reader) block(i int) {
	var buffer [1]byte
	for {
		n, err := syscall.Read(r.pipes[i][0], buffer[:])
		if n == 1 {
			return
		}
		if err != syscall.EINTR {
			fail(fmt.Errorf("read: %d, %v", n, err))
		}
	}
}

func (r *reader) release() {
	for i := range r.pipes {
		if _, err := syscall.Write(r.pipes[i][1], []byte{1}); err != nil {
			fail(err)
		}
	}
}

// waiter: one event for all of them, in a futex.
type waiter struct{ set uint32 }

func (w *waiter) prepare(int) { w.set = 0 }

func (w *waiter) block(int) {
	for atomic.LoadUint32(&w.set) == 0 {
		futexWait(&w.set, 0, nil)
	}
}

func (w *waiter) release() {
	atomic.StoreUint32(&w.set, 1)
	futexWake(&w.set, 1<<30)
}

// locker: one lock that is held when they come, then goes from one to the next. 0 free, 1 taken, 2 taken and waited for.
type locker struct{ word uint32 }

func (l *locker) prepare(int) { l.word = 1 }

func (l *locker) block(int) {
	if !atomic.CompareAndSwapUint32(&l.word, 0, 1) {
		for atomic.SwapUint32(&l.word, 2) != 0 {
			futexWait(&l.word, 2, nil)
		}
	}
	l.release()
}

func (l *locker) release() {
	if atomic.SwapUint32(&l.word, 0) == 2 {
		futexWake(&l.word, 1)
	}
}

const (
	futexWaitPrivate = 128
	futexWakePrivate = 129
)

func futexWait(word *uint32, expected uint32, timeout *syscall.Timespec) {
	_, _, _ = syscall.Syscall6(
		syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWaitPrivate, uintptr(expected), uintptr(unsafe.Pointer(timeout)), 0, 0)
}

func futexWake(word *uint32, count int) {
	_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWakePrivate, uintptr(count), 0, 0, 0)
}
