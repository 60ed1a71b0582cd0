package bench

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"mailshot/internal/postfixtest"
	"mailshot/internal/smtptest"
)

// The servers.
const (
	chunking   = "CHUNKING"   // our own, which keeps nothing
	pipelining = "PIPELINING" // the same without CHUNKING
	sink       = "smtp-sink"  // Postfix's, which keeps nothing
	postfix    = "Postfix"    // a real one, with its queue on the disk
)

// server is a running one. settle waits until it has nothing left to do.
type server struct {
	address string
	settle  func()
}

// servers starts all that there are on this machine.
func servers(tb testing.TB) map[string]*server {
	usual := []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10485760"}
	all := map[string]*server{
		chunking:   ours(tb, append([]string{"CHUNKING"}, usual...)),
		pipelining: ours(tb, usual),
	}
	if program, err := exec.LookPath(sink); err == nil {
		all[sink] = smtpSink(tb, program)
	}
	if _, err := exec.LookPath("postfix"); err == nil && os.Geteuid() == 0 {
		s := postfixtest.Start(tb, "virtual_transport = discard")
		all[postfix] = &server{s.Addr, func() { s.Delivered(tb, 0) }}
	}
	return all
}

func ours(tb testing.TB, extensions []string) *server {
	s := smtptest.New(tb, smtptest.Script{Extensions: extensions, Discard: true})
	return &server{fmt.Sprint(s.Host, ":", s.Port), func() {}}
}

// smtpSink starts Postfix's sink, which gives up root's rights where it has
// them.
func smtpSink(tb testing.TB, program string) *server {
	address := freeAddress(tb)
	args := []string{"inet:" + address, "1000"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...)
	}
	cmd := exec.CommandContext(tb.Context(), program, args...)
	must(tb, cmd.Start())
	tb.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 200 {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
			return &server{address, func() {}}
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatalf("%s does not listen", sink)
	return nil
}

func freeAddress(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(tb, err)
	defer l.Close()
	return l.Addr().String()
}
