package main

import (
	"flag"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// handOff: from the moment a goroutine blocks until the one queued behind it runs.
func handOff(flags *flag.FlagSet) func() figures {
	kind := flags.String("kind", "sleep", "sleep or wait")
	samples := flags.Int("samples", 500, "how many times")
	length := flags.Duration("block", 20*time.Millisecond, "how long each blocks")
	return func() figures {
		const discarded = 20
		ran := make(chan time.Time, 1)
		var delays []float64
		for i := 0; i < *samples+discarded; i++ {
			go func() { ran <- time.Now() }()
			blocked := time.Now()
			if *kind == "wait" {
				var word uint32
				timeout := syscall.NsecToTimespec(length.Nanoseconds())
				futexWait(&word, 0, &timeout)
			} else {
				sleepInKernel(*length)
			}
			if delay := (<-ran).Sub(blocked); i >= discarded {
				delays = append(delays, float64(delay.Nanoseconds())/1e3)
			}
		}
		return figures{"p50_us": percentile(delays, 50), "p99_us": percentile(delays, 99)}
	}
}

// hog: a goroutine computes on every P; how late do others run that a sleeping goroutine starts, and how late does a sleeper wake?
func hog(flags *flag.FlagSet) func() figures {
	hogs := flags.Int("hogs", 1, "how many compute")
	length := flags.Duration("length", 3*time.Second, "for how long")
	return func() figures {
		const interval = 5 * time.Millisecond
		var done int32
		var all sync.WaitGroup
		all.Add(*hogs)
		for i := 0; i < *hogs; i++ {
			go func() {
				compute(*length)
				all.Done()
			}()
		}
		started, woke := make(chan []float64), make(chan []float64)
		go func() { started <- bystanders(&done, interval) }()
		go func() { woke <- sleepers(&done, interval) }()
		all.Wait()
		atomic.StoreInt32(&done, 1)
		starts, wakes := <-started, <-woke
		return figures{
			"start_p50_ms": percentile(starts, 50), "start_p99_ms": percentile(starts, 99),
			"wake_p50_ms": percentile(wakes, 50), "wake_p99_ms": percentile(wakes, 99),
		}
	}
}

var sink uint64

func compute(length time.Duration) {
	value := uint64(1)
	for start := time.Now(); time.Since(start) < length; {
		for i := 0; i < 1000; i++ {
			value = value*6364136223846793005 + 1442695040888963407
		}
	}
	atomic.AddUint64(&sink, value)
}

// sleepers returns how much later than asked a goroutine woke each time, in ms.
func sleepers(done *int32, interval time.Duration) []float64 {
	var late []float64
	for atomic.LoadInt32(done) == 0 {
		due := time.Now().Add(interval)
		time.Sleep(interval)
		late = append(late, milliseconds(time.Since(due)))
	}
	return late
}
