//go:build unix

// Package postgrestest runs a PostgreSQL of its own for a test: its data in a
// folder that goes when the test does, on a Unix socket and a free port of
// 127.0.0.1, and as durable as it is by default. It needs Debian's postgresql,
// and root or the user postgres, and is imported by tests only. Where
// MAILSHOT_TEST_POSTGRES holds the URL of a running one, that is used.
package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password of the user mailshot, who owns the databases.
const Password = "not-to-be-shown"

// running is the variable that holds the URL of one that is running.
const running = "MAILSHOT_TEST_POSTGRES"

// Server is a running PostgreSQL.
type Server struct {
	url  url.URL
	bin  string // folder of its programs; "" for one that was running before
	dir  string
	port string
	run  *exec.Cmd
	done chan struct{} // closed when run has ended
}

// Start starts a PostgreSQL, and stops it when the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	if named := os.Getenv(running); named != "" {
		u, err := url.Parse(named)
		if err != nil {
			t.Fatal(running + " holds no URL")
		}
		return &Server{url: *u}
	}
	if !Installed() {
		t.Fatal("no PostgreSQL: install Debian's package postgresql")
	}
	s := &Server{bin: programs(), port: freePort(t)}
	s.url = url.URL{Scheme: "postgres", User: url.UserPassword("mailshot", Password), Host: "127.0.0.1:" + s.port, Path: "postgres"}
	s.initialise(t)
	s.Up(t)
	t.Cleanup(func() { s.Down(t) })
	return s
}

// Ledger gives the URL of a schema in which nothing is yet.
func (s *Server) Ledger() string {
	u := s.url
	query := u.Query()
	query.Set("search_path", "ledger_"+strings.ToLower(rand.Text()))
	u.RawQuery = query.Encode()
	return u.String()
}

// Installed says whether Start has a PostgreSQL to start, or to use.
func Installed() bool { return os.Getenv(running) != "" || programs() != "" }

// programs gives the folder of initdb and postgres, of the latest version; ""
// where there are none.
func programs() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(slices.Max(found))
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// initialise makes the data folder, in one that the user postgres owns.
func (s *Server) initialise(t testing.TB) {
	t.Helper()
	dir, err := os.MkdirTemp("", "postgrestest")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = dir
	password := filepath.Join(dir, "password")
	check(t, os.WriteFile(password, []byte(Password), 0o644))
	if owner := s.credential(t); owner != nil {
		check(t, os.Chown(dir, int(owner.Uid), int(owner.Gid)))
	}
	cmd := s.command(t, "initdb", "--pgdata", filepath.Join(dir, "data"), "--username", "mailshot",
		"--auth", "scram-sha-256", "--pwfile", password, "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
}

// credential is that of the user postgres, for root: PostgreSQL does not run as
// root. It is nil for others, who run it as themselves.
func (s *Server) credential(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal("no user postgres: install Debian's package postgresql")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	check(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	check(t, err)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) command(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential(t)}
	return cmd
}

// Up starts the server, which must not be running.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(t, err)
	defer log.Close()
	s.run = s.command(t, "postgres", "-D", filepath.Join(s.dir, "data"), "-p", s.port, "-k", s.dir,
		"-c", "listen_addresses=127.0.0.1")
	s.run.Stdout, s.run.Stderr = log, log
	check(t, s.run.Start())
	s.done = make(chan struct{})
	go func(run *exec.Cmd, done chan<- struct{}) { run.Wait(); close(done) }(s.run, s.done)
	s.await(t)
}

// Down stops the server as an administrator does who is in a hurry ("fast":
// transactions are rolled back and connections closed).
func (s *Server) Down(t testing.TB) { s.end(t, syscall.SIGINT) }

// Crash stops it as a power cut does ("immediate").
func (s *Server) Crash(t testing.TB) { s.end(t, syscall.SIGQUIT) }

func (s *Server) end(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if s.run == nil {
		return
	}
	s.run.Process.Signal(signal)
	<-s.done
	s.run = nil
}

// await waits until a connection can be made.
func (s *Server) await(t testing.TB) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = s.ping(); err == nil {
			return
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	t.Fatalf("postgres does not answer: %v\n%s", err, log)
}

func (s *Server) ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url.String())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return conn.Close(ctx)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
