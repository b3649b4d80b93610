package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const bufferSize = 64 * 1024

// hashTree: a walker feeds the names of all regular files to workers, which read each with blocking reads and hash it.
func hashTree(flags *flag.FlagSet) func() figures {
	root := flags.String("path", "/usr/share", "directory")
	workers := flags.Int("workers", 64, "how many files at once")
	readOnly := flags.Bool("read-only", false, "read, but hash nothing")
	return func() figures {
		walk(*root, *workers, !*readOnly) // Fills the page cache.
		start := time.Now()
		sum := walk(*root, *workers, !*readOnly)
		return figures{
			"elapsed_ms": milliseconds(time.Since(start)),
			"files":      sum.files,
			"check":      fmt.Sprintf("%d files, %d bytes, %x", sum.files, sum.bytes, sum.digest),
		}
	}
}

func walk(root string, workers int, withHash bool) total {
	paths := make(chan string, 1024)
	var all sync.WaitGroup
	totals := make([]total, workers)
	all.Add(workers)
	for i := range totals {
		go func(t *total) {
			t.work(paths, withHash)
			all.Done()
		}(&totals[i])
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			paths <- path
		}
		return nil
	})
	if err != nil {
		fail(err)
	}
	close(paths)
	all.Wait()
	var sum total
	for _, t := range totals {
		sum.add(t)
	}
	return sum
}

// total is what one worker has done. The digest is the exclusive or of all its files' digests: their order does not matter.
type total struct {
	files, bytes int64
	digest       [sha256.Size]byte
}

func (t *total) work(paths <-chan string, withHash bool) {
	buffer := make([]byte, bufferSize)
	h := sha256.New()
	digest := make([]byte, 0, sha256.Size)
	for path := range paths {
		size, err := readFile(path, buffer, h, withHash)
		if err != nil {
			continue
		}
		t.files++
		t.bytes += size
		if withHash {
			digest = h.Sum(digest[:0])
			for i, b := range digest {
				t.digest[i] ^= b
			}
		}
	}
}

func readFile(path string, buffer []byte, h hash.Hash, withHash bool) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	h.Reset()
	var size int64
	for {
		n, err := file.Read(buffer)
		size += int64(n)
		if withHash {
			h.Write(buffer[:n])
		}
		if err == io.EOF {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

func (t *total) add(other total) {
	t.files += other.files
	t.bytes += other.bytes
	for i, b := range other.digest {
		t.digest[i] ^= b
	}
}
