//go:build services

package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// cutting leads to a server, and cuts connections after a random number of
// octets, one way or the other. It gives its own address.
func cutting(t *testing.T, server string, chance *rand.Rand) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { l.Close(); running.Wait() })
	running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			there, back := int64(1<<30), int64(1<<30)
			switch chance.IntN(4) {
			case 0, 1:
				there = chance.Int64N(300_000)
			case 2:
				back = chance.Int64N(2_000)
			}
			running.Go(func() { lead(client, server, there, back) })
		}
	})
	return l.Addr().String()
}

// lead copies until one way has had its octets; then both are cut at once.
func lead(client net.Conn, server string, there, back int64) {
	defer client.Close()
	conn, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer conn.Close()
	ended := make(chan bool, 2)
	go func() { io.CopyN(conn, client, there); ended <- true }()
	go func() { io.CopyN(client, conn, back); ended <- true }()
	<-ended
}

// disk is the size of the small disk in octets: room for the ledger and all that
// is written beside it until it is closed, once the ballast is gone.
const disk = 8 << 20

// fullDisk puts the ledger on a small disk, of which something else takes nearly
// all during the runs that are disturbed.
func fullDisk(r *round) {
	dir := r.t.TempDir()
	if err := syscall.Mount("mailshot-test", dir, "tmpfs", 0, "size="+strconv.Itoa(disk)+",mode=0700"); err != nil {
		r.t.Fatalf("no small disk: %v", err)
	}
	r.t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	r.ledger = filepath.Join(dir, "ledger.db")
	ballast := filepath.Join(dir, "ballast")
	r.before = func() {
		r.write(ballast, string(make([]byte, disk-freeAtStart(r.chance))))
		r.disturbed++
	}
	r.after = func() {
		if err := os.Remove(ballast); err != nil {
			r.t.Fatal(err)
		}
	}
}

// freeAtStart is how much room the ledger has: too little for the whole run.
func freeAtStart(chance *rand.Rand) int { return 4096 * (20 + chance.IntN(60)) }

// hold keeps a SQLite file locked for some seconds, from when it is there.
const hold = `
import sqlite3, sys, time, os
path, wait, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
deadline = time.time() + 20
while not os.path.exists(path) and time.time() < deadline: time.sleep(0.01)
time.sleep(wait)
db = sqlite3.connect(path, timeout=20, isolation_level=None)
try:
    db.execute("BEGIN EXCLUSIVE")
    time.sleep(seconds)
    db.execute("ROLLBACK")
except sqlite3.Error:
    pass
db.close()
`

// lockLedger has another process lock the ledger: mostly for shorter than a
// write waits, at times for longer.
func (r *round) lockLedger(*exec.Cmd) {
	seconds := 0.5 + r.chance.Float64()
	if r.chance.IntN(5) == 0 {
		seconds = 13
	}
	cmd := exec.Command("python3", "-c", hold, r.ledger, fmt.Sprint(r.chance.Float64()*0.3), fmt.Sprint(seconds))
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("lock: %v\n%s", err, out)
	}
}
