package main

import (
	"flag"
	"time"
)

// perOperation times one repetition of body and divides it by the number of operations in it.
func perOperation(count int, body func()) float64 {
	start := time.Now()
	body()
	return float64(time.Since(start).Nanoseconds()) / float64(count)
}

// pingPong: two goroutines hand a value to and fro over two unbuffered channels; a round trip.
func pingPong(flags *flag.FlagSet) func() figures {
	count := flags.Int("count", 100_000, "round trips")
	return func() figures {
		return figures{"ns": repeat(func() float64 {
			there, back := make(chan int), make(chan int)
			return perOperation(*count, func() {
				go func() {
					for i := 0; i < *count; i++ {
						back <- <-there
					}
				}()
				for i := 0; i < *count; i++ {
					there <- i
					<-back
				}
			})
		})}
	}
}

// stream: producers and consumers at one channel; an item.
func stream(flags *flag.FlagSet) func() figures {
	count := flags.Int("count", 400_000, "items")
	pairs := flags.Int("pairs", 1, "producers, and consumers")
	capacity := flags.Int("capacity", 0, "of the channel")
	return func() figures {
		return figures{"ns": repeat(func() float64 {
			items, done := make(chan int, *capacity), make(chan struct{})
			each := *count / *pairs
			return perOperation(*count, func() {
				for p := 0; p < *pairs; p++ {
					go func() {
						for i := 0; i < each; i++ {
							items <- i
						}
					}()
					go func() {
						for i := 0; i < each; i++ {
							<-items
						}
						done <- struct{}{}
					}()
				}
				for p := 0; p < *pairs; p++ {
					<-done
				}
			})
		})}
	}
}

// choose: one goroutine sends to some unbuffered channels in turn, another selects over all of them; a select.
func choose(flags *flag.FlagSet) func() figures {
	count := flags.Int("count", 200_000, "selects")
	ways := flags.Int("channels", 2, "2, 4 or 16")
	return func() figures {
		return figures{"ns": repeat(func() float64 {
			c := make([]chan int, 16)
			for i := 0; i < *ways; i++ {
				c[i] = make(chan int)
			}
			return perOperation(*count, func() {
				go func() {
					for i := 0; i < *count; i++ {
						c[i%*ways] <- i
					}
				}()
				for i := 0; i < *count; i++ {
					switch *ways {
					case 2:
						select {
						case <-c[0]:
						case <-c[1]:
						}
					case 4:
						select {
						case <-c[0]:
						case <-c[1]:
						case <-c[2]:
						case <-c[3]:
						}
					default:
						select {
						case <-c[0]:
						case <-c[1]:
						case <-c[2]:
						case <-c[3]:
						case <-c[4]:
						case <-c[5]:
						case <-c[6]:
						case <-c[7]:
						case <-c[8]:
						case <-c[9]:
						case <-c[10]:
						case <-c[11]:
						case <-c[12]:
						case <-c[13]:
						case <-c[14]:
						case <-c[15]:
						}
					}
				}
			})
		})}
	}
}

// ring: a value goes round a ring of goroutines; a hop.
func ring(flags *flag.FlagSet) func() figures {
	size := flags.Int("size", 1000, "goroutines")
	rounds := flags.Int("rounds", 200, "times round")
	return func() figures {
		return figures{"ns": repeat(func() float64 {
			first := make(chan int)
			last := first
			for i := 0; i < *size; i++ {
				from, to := last, make(chan int)
				go func() {
					for value := range from {
						to <- value + 1
					}
					close(to)
				}()
				last = to
			}
			result := perOperation(*size**rounds, func() {
				for i := 0; i < *rounds; i++ {
					first <- i
					<-last
				}
			})
			close(first)
			<-last
			return result
		})}
	}
}

func skynetNode(to chan int64, number, size int64) {
	if size == 1 {
		to <- number
		return
	}
	from := make(chan int64)
	for i := int64(0); i < 10; i++ {
		go skynetNode(from, number+i*size/10, size/10)
	}
	var sum int64
	for i := 0; i < 10; i++ {
		sum += <-from
	}
	to <- sum
}

// skynet: a tree of a million goroutines, ten to a node, that send their sums up.
func skynet(flags *flag.FlagSet) func() figures {
	size := flags.Int64("size", 1_000_000, "leaves")
	return func() figures {
		result := make(chan int64)
		run := func() float64 {
			start := time.Now()
			go skynetNode(result, 0, *size)
			if sum := <-result; sum != *size*(*size-1)/2 {
				panic("wrong sum")
			}
			return milliseconds(time.Since(start))
		}
		run()
		return figures{"ms": percentile([]float64{run(), run(), run()}, 50)}
	}
}
