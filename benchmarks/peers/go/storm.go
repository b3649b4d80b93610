package main

import (
	"flag"
	"sync"
	"sync/atomic"
	"time"
)

// storm: many goroutines block their threads at once. How long until all are done, and how long do others wait meanwhile?
func storm(flags *flag.FlagSet) func() figures {
	kind := flags.String("kind", "sleep", "sleep, read, wait or lock")
	count := flags.Int("goroutines", 1000, "how many block")
	length := flags.Duration("block", 100*time.Millisecond, "how long")
	return func() figures {
		before := threads()
		elapsed, delays := burst(newBlocker(*kind, *length), *count, *length)
		peak := threads() // Go lets no thread go.
		again, _ := burst(newBlocker(*kind, *length), *count, *length)
		return figures{
			"elapsed_ms":       milliseconds(elapsed),
			"bystander_p50_ms": percentile(delays, 50),
			"bystander_p99_ms": percentile(delays, 99),
			"again_ms":         milliseconds(again),
			"threads_before":   before,
			"threads_peak":     peak,
		}
	}
}

// burst runs one storm and returns how long it took and the delays of the goroutines started during it, in ms.
func burst(b blocker, count int, length time.Duration) (time.Duration, []float64) {
	b.prepare(count)
	var done int32
	watched := make(chan []float64)
	go func() { watched <- bystanders(&done, time.Millisecond) }()

	start := time.Now()
	var all sync.WaitGroup
	all.Add(count)
	var toBlock sync.WaitGroup
	toBlock.Add(count)
	go func() {
		time.Sleep(length)
		toBlock.Wait()
		b.release()
	}()
	for i := 0; i < count; i++ {
		i := i
		go func() {
			toBlock.Done()
			b.block(i)
			all.Done()
		}()
	}
	all.Wait()
	elapsed := time.Since(start)
	atomic.StoreInt32(&done, 1)
	return elapsed, <-watched
}

// bystanders starts a goroutine every interval, until done is set, and returns how long after its time each ran, in ms. The
// starter is a goroutine itself, so its own delay counts.
func bystanders(done *int32, interval time.Duration) []float64 {
	var all sync.WaitGroup
	var lock sync.Mutex
	var delays []float64
	for due := time.Now(); atomic.LoadInt32(done) == 0; due = time.Now().Add(interval) {
		time.Sleep(time.Until(due))
		all.Add(1)
		due := due
		go func() {
			delay := milliseconds(time.Since(due))
			lock.Lock()
			delays = append(delays, delay)
			lock.Unlock()
			all.Done()
		}()
	}
	all.Wait()
	return delays
}

// settle: some storms in a row, then what is left of them after a pause.
func settle(flags *flag.FlagSet) func() figures {
	storms := flags.Int("storms", 3, "storms in a row")
	count := flags.Int("goroutines", 1000, "how many block")
	pause := flags.Duration("pause", 10*time.Second, "how long to wait before looking")
	return func() figures {
		const length = 100 * time.Millisecond
		burst(newBlocker("sleep", length), 10, length)
		collect()
		threadsBefore, rssBefore := threads(), rss()
		for i := 0; i < *storms; i++ {
			burst(newBlocker("sleep", length), *count, length)
		}
		time.Sleep(*pause)
		collect()
		return figures{
			"threads_before": threadsBefore,
			"threads_after":  threads(),
			"threads_left":   threads() - threadsBefore,
			"rss_ratio":      rss() / rssBefore,
			"rss_before_mb":  rssBefore / 1e6,
			"rss_after_mb":   rss() / 1e6,
		}
	}
}
