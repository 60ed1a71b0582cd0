package recipient

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"mailshot/internal/rule"
)

func TestOpenFaults(t *testing.T) {
	for _, tc := range []struct {
		name, file, list, what string
		o                      Options
	}{
		{name: "empty", list: "", what: "empty"},
		{name: "blank lines", list: "\n\r\n\n", what: "empty"},
		{name: "a BOM alone", list: "\xEF\xBB\xBF", what: "empty"},
		{name: "a separator line alone", list: "sep=;\n", what: "empty"},
		{name: "headings alone", list: "email,name\n", what: "no rows"},
		{name: "headings and blank rows", list: "email,name\n,\n ,\n", what: "no rows"},
		{name: "no headings", list: ",,\na@x.example,Ann,\n", what: "no headings"},
		{name: "an address for a heading", list: "a@x.example,Ann\nb@x.example,Bob\n", what: "address where headings"},
		{name: "a name and an address for a heading", list: "Ann Lee <a@x.example>,Ann\nb@x.example,Bob\n", what: "address where headings"},
		{name: "two addresses for a heading", list: "a@x.example; b@x.example,Ann\nb@x.example,Bob\n", what: "address where headings"},
		{name: "a wide @ in a heading", list: "a\uFF20x.example,Ann\nb@x.example,Bob\n", what: "address where headings"},
		{name: "binary", list: "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", what: "no text"},
		{name: "broken UTF-8 behind a BOM", list: "\xEF\xBB\xBFemail\na\xFF@x.example\n", what: "does not go on"},
		{name: "quote in a bare cell", list: "email,name\na@x.example,A\"nn\n", what: "not quoted"},
		{name: "quote not closed", list: "email,name\na@x.example,\"Ann\n", what: "does not end"},
		{name: "text behind a quote", list: "email,name\na@x.example,\"Ann\"x\n", what: "does not end"},
		{name: "a row without end", list: "email,name\na@x.example,\"" + strings.Repeat("x\n", maxRow), what: "longer than 1 MiB"},
		{name: "column not there", list: "email\na@x.example\n", o: Options{AddressColumn: "mail"}, what: "--address-column"},
		{name: "spreadsheet", file: "people.XLSX", list: "PK", what: "spreadsheet"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.file == "" {
				tc.file = "people.csv"
			}
			_, err := Open(context.Background(), write(t, tc.file, tc.list), nil, tc.o)
			wantFault(t, err, tc.what)
		})
	}
}

func TestOpenWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	for name, what := range map[string]string{
		dir:                             "folder",
		filepath.Join(dir, "none.csv"):  "no such file",
		"postgres://u:secret@db/people": "database",
	} {
		_, err := Open(context.Background(), name, nil, Options{})
		wantFault(t, err, what)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: holds the password", err)
		}
	}
}

func TestOpenRefusals(t *testing.T) {
	for _, tc := range []struct {
		name, list string
		o          Options
		want       rule.ID
		n          int
	}{
		{name: "same heading", list: "email,name,Name\na@x.example,A,B\n", want: rule.DuplicateHeading, n: 1},
		{name: "one name by folding", list: "email,First Name,first-name,FIRST_NAME\na@x.example,A,B,C\n", want: rule.DuplicateHeading, n: 2},
		{name: "no addresses", list: "name,city\nAnn,Rome\n", want: rule.AddressColumn, n: 1},
		{name: "two columns of addresses", list: "email,other\na@x.example,b@x.example\n", want: rule.AddressColumn, n: 1},
		{name: "two headings and no address", list: "email,mail\nann,bob\n", want: rule.AddressColumn, n: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Open(context.Background(), write(t, "people.csv", tc.list), nil, tc.o)
			var refused rule.Refused
			if !errors.As(err, &refused) || len(refused) != tc.n || refused[0].Rule != tc.want || refused[0].Hint == "" {
				t.Errorf("got %v", err)
			}
			if tc.want == rule.AddressColumn && !strings.Contains(refused[0].Hint, "--address-column") {
				t.Errorf("the hint %q names no flag", refused[0].Hint)
			}
		})
	}
}

func TestAddressColumn(t *testing.T) {
	for _, tc := range []struct {
		name, list string
		o          Options
		want       int
	}{
		{name: "by data", list: "who,reach\nAnn,a@x.example\n", want: 1},
		{name: "postal address beside", list: "address,email\n12 High St,a@x.example\n", want: 1},
		{name: "handles beside", list: "twitter,email\n@ann,a@x.example\n", want: 1},
		{name: "an address in a few notes", list: "note,email\nask q@x.example please,a@x.example\n,b@x.example\n", want: 1},
		{name: "by heading", list: "name,E-Mail\nAnn,\n", want: 1},
		{name: "by heading, at last", list: "name,address\nAnn,ann at x.example\n", want: 1},
		{name: "two in each cell", list: "name,to\nAnn,a@x.example; b@x.example\n", want: 1},
		{name: "separators in a quoted heading", list: "\"one;two;three\",email\nx,a@x.example\n", want: 1},
		{name: "a comma in a heading", list: "Nachname, Vorname;Post\nLee;a@x.example\n", want: 1},
		{name: "declared by name", list: "email,other\na@x.example,b@x.example\n", o: Options{AddressColumn: "other"}, want: 1},
		{name: "declared by heading", list: "email,Other One\na@x.example,b@x.example\n", o: Options{AddressColumn: "Other One"}, want: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := open(t, tc.list, tc.o).AddressColumn(); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestColumnNames(t *testing.T) {
	for heading, want := range map[string]string{
		"email":               "email",
		"  First  Name ":      "first_name",
		"E-Mail":              "e_mail",
		"Straße / Nr.":        "straße_nr_",
		"Pre\u0301nom":        "prénom",
		"氏名":                  "氏名",
		"2nd":                 "2nd",
		"":                    "",
		"\u00A0Kunden-Nr\t#1": "kunden_nr_1",
	} {
		if got := columnName(heading); got != want {
			t.Errorf("%q: got %q, want %q", heading, got, want)
		}
	}
}

// TestTSV reads a list whose cells hold more commas than there are tabs.
func TestTSV(t *testing.T) {
	path := write(t, "people.tsv", "email\tname, first, last\na@x.example\tLee, Ann\n")
	l, err := Open(context.Background(), path, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	judgeAll(t, l, Use{})
	if rows := collect(t, l); rows[0].Cells[1] != "Lee, Ann" {
		t.Errorf("got %q", rows[0].Cells)
	}
}

func TestStandardInput(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	l, err := Open(context.Background(), "-", strings.NewReader("email\na@x.example\nb@x.example\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := l.source.spooled.Stat()
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("spooled with %v, %v", info.Mode(), err)
	}
	if runtime.GOOS != "windows" {
		noneLeft(t) // whatever becomes of the process
	}
	if l.Name() != "standard input" {
		t.Errorf("named %q", l.Name())
	}
	judgeAll(t, l, Use{})
	if n := len(collect(t, l)); n != 2 {
		t.Errorf("got %d rows", n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	noneLeft(t)
}

func TestStandardInputFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, stdin := range []io.Reader{
		iotest.ErrReader(errors.New("a@x.example is gone")),
		strings.NewReader(""),
		strings.NewReader("name\nAnn\n"),
	} {
		_, err := Open(context.Background(), "-", stdin, Options{})
		if err == nil || strings.Contains(err.Error(), "example") {
			t.Errorf("got %v", err)
		}
	}
	noneLeft(t)
}

// A list that is typed, or whose writer never ends, can be called off.
func TestStandardInputCalledOff(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	stdin, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		writer.Write([]byte("email\n")) // it reads
		cancel()
	}()
	if _, err := Open(ctx, "-", stdin, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	noneLeft(t)
}

func noneLeft(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestKinds(t *testing.T) {
	l := open(t, "E-Mail,first_name,Surname,Company,City,ZIP,Phone,Customer No.,born,amount,token,note,House No.,Order,Voucher\n"+
		"a@x.example,Ann,Lee,Lee Ltd,Rome,10115,+49 170 1234567,4711001,1990-01-02,12.50,f3a9b27c1d5e8406,hello,10001,12,SUMMER2026SALE4711\n"+
		"b@x.example,Bob,Ray,Ray Ltd,Oslo,10117,+49 170 7654321,4711002,1991-03-04,13.50,0b44c1aa93e7d2f5,,10002,13,SUMMER2026SALE4711\n", Options{})
	j := judgeAll(t, l, Use{Kinds: map[string]Kind{"note": KindPrivate, "City": KindText}})
	want := []Kind{KindAddress, KindName, KindName, KindText, KindText, KindText, KindIdentifier, KindIdentifier,
		KindText, KindText, KindIdentifier, KindPrivate, KindText, KindText, KindText}
	var got []Kind
	for _, k := range j.Kinds {
		got = append(got, k.Kind)
		if k.Why == "" {
			t.Errorf("%s: no reason", k.Column.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for column, n := range map[int]int{0: 2, 1: 2, 2: 0, 3: 0, 6: 2, 7: 2, 10: 2, 11: 1} {
		if j.Kinds[column].Identifiers != n {
			t.Errorf("%s: %d identifiers, want %d", j.Kinds[column].Column.Name, j.Kinds[column].Identifiers, n)
		}
	}
}

func TestFrontMatterNamesNoColumn(t *testing.T) {
	l := open(t, "email,name\na@x.example,Ann\n", Options{})
	for what, use := range map[string]Use{
		"columns":          {Kinds: map[string]Kind{"nam": KindName}},
		"shared-mailboxes": {SharedMailboxes: "nam"},
		"relational":       {Relational: []string{"nam"}},
		"the template":     {Columns: []string{"nam"}},
		"kind":             {Kinds: map[string]Kind{"name": "nome"}},
	} {
		_, err := l.Judge(context.Background(), use)
		wantFault(t, err, what)
	}
}

func TestLooksRandom(t *testing.T) {
	for cell, want := range map[string]bool{
		"f3a9b27c1d5e8406":                     true,
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8": true,
		"https://x.example/u?t=f3a9b27c1d5e84": true,
		"KX-7730951":                           false,
		"4711471147114711":                     false,
		"Donaudampfschifffahrt":                false,
		"https://x.example/welcome":            false,
		"12 High Street, Flat 20":              false,
		"aaaaaaaaaaaa1111":                     false,
	} {
		if got := looksRandom(cell); got != want {
			t.Errorf("%q: got %v", cell, got)
		}
	}
}

// The first line of a list without headings is a row: what is said of a column
// that the template does not name must not quote it.
func TestWhereQuotesNoFirstLine(t *testing.T) {
	const list = "Ann Lee,f3a9b27c1d5e8406,Rome\nb@x.example,0b44c1aa93e7d2f5,\"Oslo\nc@x.example,0b44c1aa93e7d2f5,Bonn\n\"\n"
	for _, use := range []Use{{Columns: []string{"rome"}}, {Columns: []string{}, Relational: []string{"ROME"}}} {
		j := judgeAll(t, open(t, list, Options{}), use)
		if len(j.Refusals) != 1 || j.Refusals[0].Where != "column rome" {
			t.Errorf("a column that the template names: %v", j.Refusals)
		}
	}
	j := judgeAll(t, open(t, list, Options{}), Use{Columns: []string{"ann_lee"}})
	if len(j.Refusals) != 1 || j.Refusals[0].Where != "column 3" {
		t.Errorf("a column that the template does not name: %v", j.Refusals)
	}
}
