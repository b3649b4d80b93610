package main

import (
	"flag"
	"runtime"
	"sync/atomic"
	"time"
)

// spawn: start and end of a goroutine that does nothing but count down.
func spawn(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 1000, "how many in a batch")
	batches := flags.Int("batches", 100, "batches in a repetition")
	return func() figures {
		done := make(chan struct{})
		return figures{"ns": repeat(func() float64 {
			start := time.Now()
			for batch := 0; batch < *batches; batch++ {
				left := int64(*count)
				for i := 0; i < *count; i++ {
					go func() {
						if atomic.AddInt64(&left, -1) == 0 {
							done <- struct{}{}
						}
					}()
				}
				<-done
			}
			return float64(time.Since(start).Nanoseconds()) / float64(*count**batches)
		})}
	}
}

// spawnChained: each goroutine starts the next one.
func spawnChained(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 100_000, "how long the chain is")
	return func() figures {
		done := make(chan struct{})
		var link func(left int)
		link = func(left int) {
			if left == 0 {
				done <- struct{}{}
				return
			}
			go link(left - 1)
		}
		return figures{"ns": repeat(func() float64 {
			start := time.Now()
			go link(*count - 1)
			<-done
			return float64(time.Since(start).Nanoseconds()) / float64(*count)
		})}
	}
}

// yield: goroutines that give their turn to each other.
func yield(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 1000, "how many")
	turns := flags.Int("turns", 500, "yields of each")
	return func() figures {
		done := make(chan struct{})
		return figures{"ns": repeat(func() float64 {
			left := int64(*count)
			start := time.Now()
			for i := 0; i < *count; i++ {
				go func() {
					for turn := 0; turn < *turns; turn++ {
						runtime.Gosched()
					}
					if atomic.AddInt64(&left, -1) == 0 {
						done <- struct{}{}
					}
				}()
			}
			<-done
			return float64(time.Since(start).Nanoseconds()) / float64(*count**turns)
		})}
	}
}
