// Package eximtest runs an Exim of its own for a test: configuration, spool and
// mail in a folder that goes when the test does, on a free port of 127.0.0.1.
// It delivers whatever it takes into one Maildir, which Delivered reads. It
// needs Debian and root, fetches Exim's packages with apt-get and installs
// none, makes the user Debian-exim where there is none, and is imported by
// tests only.
package eximtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const (
	binary = "usr/sbin/exim4"
	owner  = "Debian-exim" // compiled in
)

// Server is a running Exim.
type Server struct {
	Addr string // host:port
	dir  string
}

// Start starts an Exim with further lines at the beginning of the ACL for RCPT,
// and stops it when the test ends.
func Start(t testing.TB, acl string) *Server {
	t.Helper()
	files := unpacked(t)
	dir, err := os.MkdirTemp("", "eximtest")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{dir: dir}
	s.configure(t, files, acl)
	s.run(t, files)
	s.await(t)
	return s
}

// conf delivers everything at once and in the name of one user. The limits for
// clients that err are those that Exim comes with.
const conf = `primary_hostname = exim.example
exim_path = %[1]s
keep_environment = LD_LIBRARY_PATH
spool_directory = %[2]s/spool
log_file_path = %[2]s/log/%%slog
pid_file_path = %[2]s/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = %[3]d
tls_advertise_hosts =
deliver_drop_privilege = true
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = rcpt
begin acl
rcpt:
%[4]s
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = %[2]s/mail
  envelope_to_add
`

func (s *Server) configure(t testing.TB, files, acl string) {
	t.Helper()
	check(t, os.Chmod(s.dir, 0o755))
	id := ownerID(t)
	for _, name := range []string{"spool", "log", "mail"} {
		check(t, os.Mkdir(filepath.Join(s.dir, name), 0o755))
		check(t, os.Chown(filepath.Join(s.dir, name), id, -1))
	}
	port := freePort(t)
	s.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	text := fmt.Sprintf(conf, filepath.Join(files, binary), s.dir, port, acl)
	check(t, os.WriteFile(s.path("conf"), []byte(text), 0o644))
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// ownerID gives the user that Exim runs as.
func ownerID(t testing.TB) int {
	t.Helper()
	u, err := user.Lookup(owner)
	if err != nil {
		command(t, "useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", owner)
		u, err = user.Lookup(owner)
	}
	check(t, err)
	id, err := strconv.Atoi(u.Uid)
	check(t, err)
	return id
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run starts the daemon as a child, and ends it with the test.
func (s *Server) run(t testing.TB, files string) {
	t.Helper()
	libraries, err := filepath.Glob(filepath.Join(files, "usr", "lib", "*-linux-gnu*"))
	check(t, err)
	daemon := exec.Command(filepath.Join(files, binary), "-C", s.path("conf"), "-bdf")
	daemon.Env = append(os.Environ(), "LD_LIBRARY_PATH="+joinPaths(libraries))
	var said bytes.Buffer
	daemon.Stdout, daemon.Stderr = &said, &said
	daemon.WaitDelay = 5 * time.Second
	check(t, daemon.Start())
	t.Cleanup(func() {
		daemon.Process.Signal(syscall.SIGTERM)
		daemon.Wait()
		if t.Failed() && said.Len() > 0 {
			t.Logf("exim said:\n%s", said.String())
		}
	})
}

func joinPaths(paths []string) (list string) {
	for _, p := range paths {
		list += p + string(os.PathListSeparator)
	}
	return list
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
	t.Fatal("exim does not listen:", s.Log(t))
}

// Log gives what the server has logged; "" for nothing.
func (s *Server) Log(t testing.TB) string {
	t.Helper()
	log, err := os.ReadFile(s.path("log/mainlog"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(log)
}

// Delivered waits until n messages or more have come, or no more come for ten
// seconds, and gives the contents of all in the Maildir. Each begins with the
// envelope's recipient as Exim writes it down: Envelope-to.
func (s *Server) Delivered(t testing.TB, n int) [][]byte {
	t.Helper()
	var names []string
	for quiet := time.Now(); time.Since(quiet) < 10*time.Second; time.Sleep(100 * time.Millisecond) {
		found, err := filepath.Glob(s.path("mail/new/*"))
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

// settled says whether every message that was taken has been delivered.
func (s *Server) settled(t testing.TB) bool {
	log := []byte(s.Log(t))
	return bytes.Count(log, []byte(" <= ")) == bytes.Count(log, []byte(" Completed\n"))
}
