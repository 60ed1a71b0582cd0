package cli_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"

	"mailshot/internal/smtptest"
)

// disk is one on which writes of ledgers fail.
type disk struct {
	dir    string // of the ledgers
	writes atomic.Int32
	from   int32 // the number of the first that fails; 0 for none
	to     int32 // and of the last
}

// newDisk has a transaction of SQLite be undone where a write is to fail.
func newDisk(t *testing.T) *disk {
	d := &disk{dir: t.TempDir()}
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, source string) error {
		if strings.Contains(source, d.dir) {
			conn.(sqlite.HookRegisterer).RegisterCommitHook(d.commit)
		}
		return nil
	})
	return d
}

func (d *disk) commit() (undo int32) {
	if n := d.writes.Add(1); d.from <= n && n <= d.to {
		return 1
	}
	return 0
}

const crowd = 50

// written is a campaign for a crowd whose ledger is on a disk.
type written struct {
	*desk
	ledger string
}

// newWritten has the server look, at each message that comes, whether the disk
// has it that it was begun.
func newWritten(t *testing.T, d *disk) *written {
	t.Helper()
	w := &written{ledger: filepath.Join(d.dir, fmt.Sprintf("%d-%d.db", d.from, d.to))}
	look := smtptest.Look(func(to string) {
		if w.count(t, "line = "+line(to)+" AND attempts > 0") != 1 {
			t.Errorf("writes %d to %d fail: %s leaves and is not written down", d.from, d.to, to)
		}
	})
	w.desk = &desk{t.TempDir(), smtptest.New(t, smtptest.Script{
		Extensions: []string{"PIPELINING", "CHUNKING"},
		Faults: []smtptest.Fault{
			{At: smtptest.Content, Do: look},
			{At: smtptest.Rcpt, Nth: 40, Do: smtptest.Reply("550 5.1.1 nobody here")},
		},
	})}
	var rows bytes.Buffer
	rows.WriteString("email,first_name\n")
	for n := range crowd {
		fmt.Fprintf(&rows, "%d@a.example,Annette\n", n+2)
	}
	w.write(t, "people.csv", rows.String())
	w.write(t, "news.txt", news)
	return w
}

// line gives the line in the list of a recipient, which is their local part.
func line(to string) string {
	local, _, _ := strings.Cut(to, "@")
	return local
}

// count counts recipients in the ledger as another process would.
func (w *written) count(t *testing.T, where string) (n int) {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(w.ledger)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Error(err)
		return 0
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM recipient WHERE ` + where).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

// run sends, and gives the exit status.
func (w *written) run(t *testing.T) (code int, out string) {
	t.Helper()
	return w.send(t.Context(), nil, "--yes", "--ledger", w.ledger, "--retry-for", "0s", "--max-rejected", "50%")
}

// TestEveryWriteFails has each write of the ledger fail in turn, alone or with
// all after it: no message leaves whose beginning is not on the disk, the run
// ends with 1, and the next one sends to nobody twice, and to all but those who
// are unknown.
func TestEveryWriteFails(t *testing.T) {
	d := newDisk(t)
	w := newWritten(t, d)
	if code, out := w.run(t); code != 4 {
		t.Fatalf("no write fails: exit status %d\n%s", code, out)
	}
	writes := d.writes.Load()
	if writes < 10 {
		t.Fatalf("only %d writes", writes)
	}
	for from := range writes {
		d.failing(t, from+1, from+1)
		d.failing(t, from+1, math.MaxInt32)
	}
}

// failing sends while the writes from one to another fail, and once more then.
func (d *disk) failing(t *testing.T, from, to int32) {
	t.Helper()
	d.from, d.to = from, to
	w := newWritten(t, d)
	d.writes.Store(0)
	code, out := w.run(t)
	writes := d.writes.Load()
	// The last one says that the run has ended, which the next sees by itself.
	whole := writes < from || writes == from && code == 4 && w.count(t, "standing > 0") == crowd
	if want := map[bool]int{false: 1, true: 4}[whole]; code != want {
		t.Errorf("writes %d to %d of %d fail: exit status %d, want %d\n%s", from, to, writes, code, want, out)
	}
	d.from, d.to = 0, 0
	first := out
	code, out = w.run(t)
	open := w.count(t, "standing = 0")
	if said := strings.Contains(first, fmt.Sprintf("does not know what became of %d recipient", open)); said != (open > 0) {
		t.Errorf("writes %d to %d fail, and %d are unknown\n%s", from, to, open, first)
	}
	if want := map[bool]int{false: 4, true: 5}[open > 0]; code != want {
		t.Errorf("after writes %d to %d: exit status %d, want %d\n%s", from, to, code, want, out)
	}
	w.audit(t)
}

// audit wants everybody to have one message, but for those who are unknown and
// who were rejected.
func (w *written) audit(t *testing.T) {
	t.Helper()
	got := w.server.Accepted()
	for n := range crowd {
		to := fmt.Sprintf("%d@a.example", n+2)
		if got[to] > 1 || got[to] == 0 && w.count(t, "line = "+line(to)+" AND standing IN (0, 2)") != 1 {
			t.Errorf("%s: recipient %s got %d messages", filepath.Base(w.ledger), to, got[to])
		}
	}
}
