package ledger

import (
	"path/filepath"
	"testing"
)

// A write that finds the disk full fails whole, and loses nothing.
func TestFull(t *testing.T) {
	l := openAt(t, filepath.Join(t.TempDir(), "ledger.db"))
	r := start(t, l, Campaign{ID: "spring"})
	limit(t, l)
	n := 0
	var err error
	for ; err == nil && n < 100*batch; n += batch {
		attempts, _ := batchFrom(n)
		err = r.Begin(t.Context(), attempts)
	}
	n -= batch
	if want := "begin in the ledger " + l.path + ": the disk is full"; err == nil || err.Error() != want {
		t.Fatalf("error %v after %d, want %q", err, n, want)
	}
	if n == 0 {
		t.Fatal("nothing was written before")
	}
	_, endings := batchFrom(0)
	finish(t, r, endings...) // needs no room
	r.Close()
	r = start(t, l, Campaign{ID: "spring"})
	defer r.Close()
	for i := range n + batch {
		want := State{Tried: i < n, Attempts: min(1, max(0, n-i))}
		if i < batch {
			want.Outcome = Accepted
		}
		if got := r.State(spread(i)); got != want {
			t.Fatalf("recipient %d of %d: %+v, want %+v", i, n, got, want)
		}
	}
}

// limit leaves the ledger room for some pages more.
func limit(t *testing.T, l *Ledger) {
	t.Helper()
	var pages int
	if err := l.db.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := l.db.QueryRow(`PRAGMA max_page_count = 20`).Scan(&pages); err != nil || pages != 20 {
		t.Fatal(pages, err)
	}
}

// A write that another program keeps out fails, and can be made again.
func TestKeptLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, other := openAt(t, path), openAt(t, path)
	r := start(t, l, spring)
	defer r.Close()
	begin(t, r, 1)
	if _, err := l.db.Exec(`PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	writing, err := other.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	want := "finish in the ledger " + path + ": another program keeps it locked"
	if err := r.Finish(t.Context(), []Ending{ending(1, Accepted)}); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	if err := writing.Rollback(); err != nil {
		t.Fatal(err)
	}
	finish(t, r, ending(1, Accepted))
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Pending: 9})
}
