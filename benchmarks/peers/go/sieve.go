package main

import (
	"flag"
	"strconv"
	"sync"
	"time"
)

// countUp sends 2, 3, 4 and so on until it is told to stop.
func countUp(to chan<- int, stop <-chan struct{}) {
	for i := 2; ; i++ {
		select {
		case to <- i:
		case <-stop:
			return
		}
	}
}

// sift passes on what the prime does not divide until it is told to stop.
func sift(from <-chan int, to chan<- int, prime int, stop <-chan struct{}) {
	for {
		var number int
		select {
		case number = <-from:
		case <-stop:
			return
		}
		if number%prime == 0 {
			continue
		}
		select {
		case to <- number:
		case <-stop:
			return
		}
	}
}

// sievePrimes finds primes with a goroutine each and returns the last one and how long it took; all goroutines have ended by then.
func sievePrimes(count int) (prime int, took time.Duration) {
	stop := make(chan struct{})
	var running sync.WaitGroup
	start := time.Now()
	last := make(chan int)
	running.Add(1)
	go func(to chan int) {
		defer running.Done()
		countUp(to, stop)
	}(last)
	for i := 0; i < count; i++ {
		prime = <-last
		next := make(chan int)
		running.Add(1)
		go func(from chan int, prime int) {
			defer running.Done()
			sift(from, next, prime, stop)
		}(last, prime)
		last = next
	}
	took = time.Since(start)
	close(stop)
	running.Wait()
	return prime, took
}

// sieve: a chain of goroutines, one a prime, that select between their channel and the end.
func sieve(flags *flag.FlagSet) func() figures {
	count := flags.Int("primes", 2000, "how many to find")
	return func() figures {
		sievePrimes(*count)
		times := make([]float64, 3)
		prime := 0
		for i := range times {
			var took time.Duration
			prime, took = sievePrimes(*count)
			times[i] = milliseconds(took)
		}
		return figures{"ms": percentile(times, 50), "check": strconv.Itoa(prime)}
	}
}
