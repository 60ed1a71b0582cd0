package transport

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mailshot/internal/smtptest"
)

// Who gives way does so for good, so that a program of its own has to.
func TestCourteous(t *testing.T) {
	if port, err := strconv.Atoi(os.Getenv("COURTEOUS_TO")); err == nil {
		beCourteous(t, port)
		return
	}
	for _, courteous := range []bool{false, true} {
		server := smtptest.New(t, smtptest.Script{})
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCourteous$", "-test.v")
		cmd.Env = append(os.Environ(), fmt.Sprint("COURTEOUS_TO=", server.Port), fmt.Sprint("COURTEOUS=", courteous))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := niceness(t, os.Getpid())
		if courteous {
			want = max(want, courtesy)
		}
		if !strings.Contains(string(out), fmt.Sprintf("all threads: %d\n", want)) {
			t.Errorf("courteous %v, wanted %d:\n%s", courteous, want, out)
		}
	}
}

// beCourteous connects, and tells the niceness of the program's threads.
func beCourteous(t *testing.T, port int) {
	smtp, err := NewSMTP(&URL{Host: "127.0.0.1", Port: port, Security: Plain}, Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	smtp.Courteous = os.Getenv("COURTEOUS") == "true"
	connect(t, smtp)
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	first := niceness(t, os.Getpid())
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			t.Fatal(err)
		}
		if n := niceness(t, id); n != first {
			t.Fatalf("one thread has %d, another %d", first, n)
		}
	}
	fmt.Printf("all threads: %d\n", first)
}

func niceness(t *testing.T, thread int) int {
	t.Helper()
	priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, thread)
	if err != nil {
		t.Fatal(err)
	}
	return unmoved - priority
}
