// Command peers runs one sample of one benchmark, the way an ordinary Go program would do the work, and prints what it
// measured as one JSON object. The benchmark runner starts it next to Weft's own samples.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
)

// figures maps what was measured to its value; "check", when there, is text that every contender must agree on.
type figures map[string]any

var commands = map[string]func(*flag.FlagSet) func() figures{
	"storm":         storm,
	"settle":        settle,
	"idle-cpu":      idleCPU,
	"parked-memory": parkedMemory,
	"spawn":         spawn,
	"spawn-chained": spawnChained,
	"yield":         yield,
	"lock":          lock,
	"pingpong":      pingPong,
	"stream":        stream,
	"select":        choose,
	"ring":          ring,
	"skynet":        skynet,
	"handoff":       handOff,
	"hog":           hog,
	"sieve":         sieve,
	"scale":         scale,
	"nested-waits":  nestedWaits,
	"hash-tree":     hashTree,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: peers COMMAND [-procs N] [options]")
		os.Exit(2)
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	procs := flags.Int("procs", runtime.NumCPU(), "GOMAXPROCS")
	run := commands[os.Args[1]](flags)
	_ = flags.Parse(os.Args[2:])
	runtime.GOMAXPROCS(*procs)
	if err := json.NewEncoder(os.Stdout).Encode(run()); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "peers:", err)
	os.Exit(1)
}
