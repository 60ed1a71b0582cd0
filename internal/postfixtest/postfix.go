// Package postfixtest runs a Postfix of its own for a test: configuration,
// queue and data in a folder that goes when the test does, on a free port of
// 127.0.0.1, and nothing changed on the machine's own. It delivers whatever it
// takes into one Maildir, which Delivered reads. It needs Debian's postfix and
// root, and is imported by tests only.
package postfixtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Server is a running Postfix.
type Server struct {
	Addr string // host:port
	dir  string
}

// Start starts a Postfix with further lines for main.cf, and stops it when the
// test ends.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "postfixtest")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: freeAddr(t), dir: dir}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.configure(t, settings)
	s.run(t, "start")
	t.Cleanup(func() { s.run(t, "stop") })
	s.await(t)
	return s
}

func freeAddr(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

const mainCF = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file = %[1]s/data/log
maillog_file_prefixes = %[1]s
myhostname = postfix.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
virtual_transport = virtual
virtual_mailbox_domains = static:ALL
virtual_mailbox_maps = static:all/
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_limit = 0
virtual_uid_maps = static:%[2]d
virtual_gid_maps = static:%[2]d
smtpd_tls_security_level = none
`

const masterCF = `%s inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

// configure lays the folders out with the owners that Postfix demands.
func (s *Server) configure(t testing.TB, settings []string) {
	t.Helper()
	const nobody = 65534
	main := fmt.Sprintf(mainCF, s.dir, nobody) + strings.Join(settings, "\n") + "\n"
	check(t, os.Chmod(s.dir, 0o755))
	for name, owner := range map[string]int{"conf": 0, "queue": 0, "data": postfixUser(t), "mail": nobody} {
		check(t, os.Mkdir(filepath.Join(s.dir, name), 0o755))
		check(t, os.Chown(filepath.Join(s.dir, name), owner, -1))
	}
	check(t, os.WriteFile(filepath.Join(s.dir, "conf", "main.cf"), []byte(main), 0o644))
	check(t, os.WriteFile(filepath.Join(s.dir, "conf", "master.cf"), fmt.Appendf(nil, masterCF, s.Addr), 0o644))
}

func postfixUser(t testing.TB) int {
	u, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal("no user postfix: install Debian's package postfix")
	}
	id, err := strconv.Atoi(u.Uid)
	check(t, err)
	return id
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Server) run(t testing.TB, verb string) {
	t.Helper()
	out, err := exec.Command("postfix", "-c", filepath.Join(s.dir, "conf"), verb).CombinedOutput()
	if err != nil {
		t.Fatalf("postfix %s: %v\n%s", verb, err, out)
	}
}

// await waits until the server greets.
func (s *Server) await(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
		if err == nil {
			conn.Close()
			return
		}
	}
	t.Fatalf("postfix does not listen:\n%s", s.Log(t))
}

// Log gives what the server has logged.
func (s *Server) Log(t testing.TB) string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.dir, "data", "log"))
	check(t, err)
	return string(log)
}

// Delivered waits until n messages or more have come and none is in the queue,
// or no more come for ten seconds, and gives the contents of all in the
// Maildir. Each begins with the envelope as Postfix writes it down: Return-Path
// and X-Original-To.
func (s *Server) Delivered(t testing.TB, n int) [][]byte {
	t.Helper()
	var names []string
	for quiet := time.Now(); time.Since(quiet) < 10*time.Second; time.Sleep(100 * time.Millisecond) {
		found, err := filepath.Glob(filepath.Join(s.dir, "mail", "all", "new", "*"))
		check(t, err)
		if len(found) > len(names) {
			quiet = time.Now()
		}
		if names = found; len(names) >= n && s.settled(t) {
			break
		}
	}
	messages := make([][]byte, 0, len(names))
	for _, name := range names {
		content, err := os.ReadFile(name)
		check(t, err)
		messages = append(messages, content)
	}
	return messages
}

// settled says whether every message that was taken has left the queue.
func (s *Server) settled(t testing.TB) bool {
	log := s.Log(t)
	return strings.Count(log, "(queue active)") == strings.Count(log, ": removed")
}
