package main

import (
	"flag"
	"runtime/debug"
	"sync"
	"time"
)

// collect runs the collector and gives the memory it frees back to the system.
func collect() { debug.FreeOSMemory() }

// park starts goroutines that sleep for longer than anything here takes, and returns once they do.
func park(count int) {
	var started sync.WaitGroup
	started.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			started.Done()
			time.Sleep(time.Hour)
		}()
	}
	started.Wait()
	time.Sleep(200 * time.Millisecond) // From the last one's last step until it is parked.
}

// idleCPU: what a process costs that only has goroutines asleep.
func idleCPU(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 10_000, "how many are parked")
	pause := flags.Duration("pause", 6*time.Second, "how long to come to rest before measuring")
	window := flags.Duration("window", 10*time.Second, "how long to measure")
	return func() figures {
		park(*count)
		time.Sleep(*pause)
		start, before := time.Now(), cpuTime()
		time.Sleep(*window)
		used := cpuTime() - before
		return figures{"cpu_ms_per_s": milliseconds(used) / time.Since(start).Seconds()}
	}
}

// parkedMemory: resident bytes per parked goroutine.
func parkedMemory(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 1_000_000, "how many are parked")
	return func() figures {
		park(1000)
		collect()
		before := rss()
		park(*count)
		collect()
		return figures{"bytes": (rss() - before) / float64(*count)}
	}
}
