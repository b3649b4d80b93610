package main

import (
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// What the C# side warms up for, this side does too: caches, heap and threads, though there is no compiler to wait for.
const (
	warmUp      = 700 * time.Millisecond
	repetitions = 7
)

// repeat calls body, which returns what one repetition measured, until it is warm, then returns the median of some more.
func repeat(body func() float64) float64 {
	for start := time.Now(); time.Since(start) < warmUp; {
		body()
	}
	values := make([]float64, repetitions)
	for i := range values {
		values[i] = body()
	}
	return percentile(values, 50)
}

// percentile sorts values and returns the smallest that is not below p percent of them.
func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sort.Float64s(values)
	rank := int(p/100*float64(len(values))+0.999999) - 1
	if rank < 0 {
		rank = 0
	}
	return values[rank]
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// status reads one field of /proc/self/status; the file's kB become bytes.
func status(field string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, field+":") {
			continue
		}
		words := strings.Fields(line)
		value, err := strconv.ParseFloat(words[1], 64)
		if err != nil {
			fail(err)
		}
		if len(words) > 2 && words[2] == "kB" {
			value *= 1024
		}
		return value
	}
	return 0
}

func threads() float64 { return status("Threads") }

func rss() float64 { return status("VmRSS") }

// cpuTime is the CPU time of the process so far.
func cpuTime() time.Duration {
	const clockProcessCPU = 2
	var spec syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockProcessCPU, uintptr(unsafe.Pointer(&spec)), 0)
	if errno != 0 {
		fail(errno)
	}
	return time.Duration(spec.Nano())
}
