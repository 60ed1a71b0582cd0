package address

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// FuzzParse holds what the rest of the program builds on: whatever is accepted
// is one mailbox, however it is written out and read again.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			if !a.IsZero() {
				t.Fatalf("%q came with the error %v", a, err)
			}
			if !slices.Contains([]error{ErrBlank, ErrSeveral, ErrControl, ErrSyntax}, err) {
				t.Fatalf("the error %q may quote the input", err)
			}
			return
		}
		checkOneMailbox(t, a)
		again, err := Parse(a.String())
		if err != nil || again != a {
			t.Fatalf("%q: read again it is %q, %v", a, again, err)
		}
		if plain := join(norm.NFC.String(strings.ToLower(a.Local())), a.Domain()); plain.String() != a.Canonical() {
			t.Fatalf("%q: folded it is %q, want %q", a, a.Canonical(), plain)
		}
		folded := join(strings.TrimSuffix(a.Canonical(), "@"+a.Domain()), a.Domain())
		if folded.Canonical() != a.Canonical() {
			t.Fatalf("%q: folded twice it is %q, once %q", a, folded.Canonical(), a.Canonical())
		}
	})
}

// FuzzParseMailbox holds the same for front matter.
func FuzzParseMailbox(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMailbox(s)
		if err != nil {
			if m != (Mailbox{}) {
				t.Fatalf("%+v came with the error %v", m, err)
			}
			return
		}
		checkOneMailbox(t, m.Address)
		if strings.ContainsAny(m.Name, "@\r\n\x00") {
			t.Fatalf("the name %q holds an address or a control", m.Name)
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(m.Name) + `" <` + m.Address.String() + ">"
		if again, err := ParseMailbox(quoted); err != nil || again != m {
			t.Fatalf("%+v: read again it is %+v, %v", m, again, err)
		}
	})
}

func checkOneMailbox(t *testing.T, a Address) {
	t.Helper()
	s := a.String()
	if strings.Count(s, "@") != 1 || strings.ContainsAny(s, "\r\n\x00\t <>,;:()[]\"\\") {
		t.Fatalf("%q is not one plain address", s)
	}
	if strings.Contains(s, "..") || !isASCII(a.Domain()) || a.Domain() != strings.ToLower(a.Domain()) {
		t.Fatalf("%q is not a dot-atom at a domain", s)
	}
	if len(a.Local()) > 64 || len(a.Domain()) > 253 {
		t.Fatalf("%q is too long", s)
	}
}

// TestSeeds keeps the seeds of the fuzz targets from being lost.
func TestSeeds(t *testing.T) {
	for target, want := range map[string]int{"FuzzParse": 20, "FuzzParseMailbox": 8} {
		seeds, err := os.ReadDir("testdata/fuzz/" + target)
		if err != nil || len(seeds) < want {
			t.Errorf("%s: %d seeds, %v; want at least %d", target, len(seeds), err, want)
		}
	}
}
