package transport

import (
	"os"
	"strconv"
	"syscall"
)

// unmoved is what getpriority says of a thread whose priority is the usual one:
// the system call, unlike the function of the C library, counts down from there.
const unmoved = 20

// giveWay lowers the priority of all threads to that of courtesy, where it is
// higher: each has its own, and a new one that of the thread that starts it. It
// is worth a try, and no less right where it fails.
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
