package main

import (
	"flag"
	"sync"
	"time"
)

// nestedWaits: goroutines that each wait for the result of another, which waits for that of a third, and so on; the innermost sleeps.
func nestedWaits(flags *flag.FlagSet) func() figures {
	count := flags.Int("goroutines", 2000, "how many wait")
	depth := flags.Int("depth", 3, "how deep")
	length := flags.Duration("wait", 20*time.Millisecond, "how long the innermost waits")
	return func() figures {
		burst := func() {
			var all sync.WaitGroup
			all.Add(*count)
			for i := 0; i < *count; i++ {
				go func() {
					if <-waitFor(*depth, *length) != *depth {
						panic("a result is wrong")
					}
					all.Done()
				}()
			}
			all.Wait()
		}
		burst()
		start := time.Now()
		burst()
		elapsed := time.Since(start)
		return figures{"elapsed_ms": milliseconds(elapsed), "threads_peak": threads()}
	}
}

func waitFor(depth int, length time.Duration) <-chan int {
	result := make(chan int, 1)
	go func() {
		if depth == 1 {
			time.Sleep(length)
			result <- 1
		} else {
			result <- 1 + <-waitFor(depth-1, length)
		}
	}()
	return result
}
