package main

import (
	"flag"
	"sync"
	"sync/atomic"
	"time"
)

// lock: goroutines that do nothing but lock, count and unlock.
func lock(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 8, "how many")
	turns := flags.Int("turns", 500000, "locks of each")
	return func() figures {
		var longest int64
		run := func(body func(mutex *sync.Mutex, counted *int)) float64 {
			var mutex sync.Mutex
			var group sync.WaitGroup
			counted := 0
			group.Add(*count)
			start := time.Now()
			for i := 0; i < *count; i++ {
				go func() {
					body(&mutex, &counted)
					group.Done()
				}()
			}
			group.Wait()
			return float64(time.Since(start).Nanoseconds()) / float64(*count**turns)
		}
		plain := func(mutex *sync.Mutex, counted *int) {
			for turn := 0; turn < *turns; turn++ {
				mutex.Lock()
				*counted++
				mutex.Unlock()
			}
		}
		timed := func(mutex *sync.Mutex, counted *int) {
			for turn := 0; turn < *turns; turn++ {
				start := time.Now()
				mutex.Lock()
				noteLongest(&longest, int64(time.Since(start)))
				*counted++
				mutex.Unlock()
			}
		}
		nanoseconds := repeat(func() float64 { return run(plain) })
		return figures{"ns": nanoseconds, "longest": repeat(func() float64 {
			run(timed)
			return float64(longest) / 1e6
		})}
	}
}

func noteLongest(longest *int64, wait int64) {
	for {
		old := atomic.LoadInt64(longest)
		if wait <= old || atomic.CompareAndSwapInt64(longest, old, wait) {
			return
		}
	}
}
