package main

import (
	"flag"
	"fmt"
	"time"
)

// hopTime makes a ring of goroutines, sends a value round it until that is warm, and returns the median of three times of a hop.
func hopTime(size, leastHops int, warmUp time.Duration) float64 {
	first := make(chan int)
	last := first
	for i := 1; i < size; i++ {
		from, to := last, make(chan int)
		go func() {
			for value := range from {
				to <- value + 1
			}
			close(to)
		}()
		last = to
	}
	rounds := (leastHops + size - 1) / size
	run := func() float64 {
		start := time.Now()
		for i := 0; i < rounds; i++ {
			first <- 0
			if passed := <-last; passed != size-1 {
				panic("the value has not been everywhere")
			}
		}
		return float64(time.Since(start).Nanoseconds()) / float64(rounds*size)
	}
	run()
	for start := time.Now(); time.Since(start) < warmUp; {
		run()
	}
	values := []float64{run(), run(), run()}
	close(first)
	<-last
	return percentile(values, 50)
}

// scale: a hop in rings of more and more goroutines, and the largest ring's as a multiple of the smallest's.
func scale(flags *flag.FlagSet) func() figures {
	largest := flags.Int("largest", 1_000_000, "goroutines in the largest ring; each is 100 times smaller")
	leastHops := flags.Int("hops", 200_000, "least hops in a repetition")
	return func() figures {
		smallest := hopTime(2, *leastHops, warmUp)
		result := figures{"2": smallest}
		for size := 100; size <= *largest; size *= 100 {
			hop := hopTime(size, *leastHops, 0)
			result[fmt.Sprint(size)] = hop
			result["growth"] = hop / smallest
		}
		return result
	}
}
