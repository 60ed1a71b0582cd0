package transport

import (
	"os"
	"strconv"
	"syscall"
)

const (
	// courtesy is the niceness that the program takes: 0 is the usual one, 19
	// gives way to everybody (setpriority(2)).
	courtesy = 5
	// unmoved is what getpriority says of a thread of niceness 0: the system
	// call, unlike the function of the C library, counts down from there.
	unmoved = 20
)

// giveWay gives all threads the niceness of courtesy, but those that have more:
// each has its own, and a new one that of the thread that starts it. It is worth
// a try, and no less right where it fails.
func giveWay() {
	threads, _ := os.ReadDir("/proc/self/task")
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			continue
		}
		if priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, id); err == nil && priority > unmoved-courtesy {
			syscall.Setpriority(syscall.PRIO_PROCESS, id, courtesy)
		}
	}
}
