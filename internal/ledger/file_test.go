package ledger

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "state")
	path := filepath.Join(dir, "ledger.db")
	l := openAt(t, path)
	r := start(t, l, spring)
	begin(t, r, 1)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 { // with its log, the log's index, and a lock
		t.Errorf("files %v", entries)
	}
	for _, e := range entries {
		wantMode(t, filepath.Join(dir, e.Name()), 0o600)
	}
	wantMode(t, dir, os.ModeDir|0o700)
	wantMode(t, filepath.Dir(dir), os.ModeDir|0o700)
	r.Close()
	l.Close()
	if entries, _ = os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("files after closing %v", entries)
	}
}

func wantMode(t *testing.T, name string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != want {
		t.Errorf("%s has mode %v, want %v", filepath.Base(name), info.Mode(), want)
	}
}

func TestOpenToOthers(t *testing.T) {
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o620: true, 0o601: true} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		openAt(t, path).Close()
		chmod(t, path, mode)
		l, err := Open(t.Context(), path)
		if !refused {
			if err != nil && mode != 0o400 { // which only root can write to
				t.Errorf("%v: %v", mode, err)
			}
			if err == nil {
				l.Close()
			}
			continue
		}
		wantError(t, err, ErrOpenToOthers)
		wantHint(t, err, "chmod 600 "+path)
		wantMode(t, path, mode)
	}
}

func TestLogOpenToOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "the ledger's.db")
	openAt(t, path)
	chmod(t, path+"-wal", 0o644)
	_, err := Open(t.Context(), path)
	wantError(t, err, ErrOpenToOthers)
	quoted := "'" + strings.ReplaceAll(path, "'", `'\''`)
	wantHint(t, err, "chmod 600 "+quoted+"-wal'")
	chmod(t, path, 0o666)
	_, err = Open(t.Context(), path)
	wantHint(t, err, "chmod 600 "+quoted+"' "+quoted+"-wal'")
}

func chmod(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func wantHint(t *testing.T, err error, want string) {
	t.Helper()
	typed := (*Error)(nil)
	if !errors.As(err, &typed) {
		t.Fatalf("error %v is no *Error", err)
	}
	if typed.Hint != want {
		t.Errorf("hint %q, want %q", typed.Hint, want)
	}
}

func TestNamesThatAreSyntaxElsewhere(t *testing.T) {
	for _, name := range []string{"a b.db", "50%.db", "what?mode=ro", "x#y.db", "a&b;c.db", "größe.db", ":memory:", "file:x.db", "it's.db"} {
		dir := t.TempDir()
		l := openAt(t, filepath.Join(dir, name))
		r := start(t, l, spring)
		begin(t, r, 1)
		r.Close()
		l.Close()
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || entries[0].Name() != name {
			t.Errorf("%s: made %v, %v", name, entries, err)
		}
		r = start(t, openAt(t, filepath.Join(dir, name)), spring)
		wantState(t, r, 1, State{Tried: true, Attempts: 1})
		r.Close()
	}
}

func TestNoLedger(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct{ path, want string }{
		"a text":              {write("a.csv", "email\nann@a.example\n"+strings.Repeat("bob@a.example\n", 100)), "it is no ledger of mailshot"},
		"a foreign database":  {foreign(t, filepath.Join(dir, "foreign.db")), "it is no ledger of mailshot"},
		"a folder":            {dir, "it is a folder"},
		"a folder is a file":  {filepath.Join(write("file", ""), "ledger.db"), "not a directory"},
		"a device":            {"/dev/null", "it is no regular file"},
		"where nobody writes": {"/proc/mailshot/ledger.db", "no such file or directory"},
	} {
		before, _ := os.ReadFile(test.path)
		l, err := Open(t.Context(), test.path)
		if l != nil || err == nil {
			t.Errorf("%s was opened", name)
			continue
		}
		if want := "open the ledger " + test.path + ": " + test.want; err.Error() != want {
			t.Errorf("%s: %q, want %q", name, err, want)
		}
		if after, _ := os.ReadFile(test.path); !bytes.Equal(before, after) {
			t.Errorf("%s was changed", name)
		}
	}
}

func foreign(t *testing.T, path string) string {
	t.Helper()
	db := rawDatabase(t, path)
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE bookmark (url TEXT)`); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawDatabase makes a database with nothing in it.
func rawDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, path)
	if _, err := l.db.Exec(`PRAGMA user_version = 3`); err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err := Open(t.Context(), path)
	wantError(t, err, ErrNewer)
}

func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	fill(t, path, 2000)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 2; i < len(data); i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	l := openAt(t, path)
	_, err = l.Start(t.Context(), Campaign{ID: "spring"}, true)
	if want := "start the campaign in the ledger " + path + ": the file is damaged"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	wantHint(t, err, "keep the file: it alone says who was sent to; restore it from a backup")
}

func TestDurable(t *testing.T) {
	l := openAt(t, filepath.Join(t.TempDir(), "ledger.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := l.db.QueryRow(`PRAGMA ` + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", pragma, got, err, want)
		}
	}
}

// The ledger on the disk, at every moment of a run, holds no address.
func TestNoAddressOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	l := openAt(t, filepath.Join(dir, "ledger.db"))
	people := []string{"quentin@a.example", "Bob.Miller+news@b.example", "\u30e6\u30ad@xn--bcher-kva.example"}
	search := func() {
		for _, p := range people {
			a := mailbox(t, p)
			for _, piece := range []string{p, a.String(), a.Canonical(), a.Local(), "flat 4711"} {
				wantNowhere(t, dir, piece)
			}
		}
	}
	r := start(t, l, spring)
	for i, p := range people {
		k := l.Key(mailbox(t, p), "flat 4711")
		if err := r.Begin(t.Context(), []Attempt{{Key: k, Line: i + 2, MessageID: "<1@news.example>", Server: "mail.a.example:587"}}); err != nil {
			t.Fatal(err)
		}
		search()
		finish(t, r, Ending{Key: k, Outcome: Rejected, Code: 550, Enhanced: "5.1.1"})
	}
	search()
	r.Close()
	l.Close()
	search()
	wantSomewhere(t, dir, "mail.a.example:587") // the search can find
}

func wantNowhere(t *testing.T, dir, piece string) {
	t.Helper()
	if name := where(t, dir, piece); name != "" {
		t.Errorf("%q stands in %s", piece, name)
	}
}

func wantSomewhere(t *testing.T, dir, piece string) {
	t.Helper()
	if where(t, dir, piece) == "" {
		t.Errorf("%q stands in no file", piece)
	}
}

// where gives the file in dir that holds piece, in whatever case.
func where(t *testing.T, dir, piece string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatal("no files", err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(data), bytes.ToLower([]byte(piece))) {
			return e.Name()
		}
	}
	return ""
}

func TestSize(t *testing.T) {
	const rows, most = 10_000, 200
	path := filepath.Join(t.TempDir(), "ledger.db")
	fill(t, path, rows)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if each := info.Size() / rows; each >= most {
		t.Errorf("%d bytes a recipient, want less than %d", each, most)
	}
}

// A link to the ledger is the same ledger, and has the same lock.
func TestLockThroughALink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	link := filepath.Join(t.TempDir(), "link.db")
	r := start(t, openAt(t, path), spring)
	defer r.Close()
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	_, err := openAt(t, link).Start(t.Context(), spring, false)
	wantError(t, err, ErrLocked)
}
