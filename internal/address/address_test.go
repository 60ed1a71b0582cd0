package address

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	long := strings.Repeat("l", 63)
	for _, tc := range []struct {
		name, in, want string
		err            error
	}{
		{name: "plain", in: "ann@a.example", want: "ann@a.example"},
		{name: "plus tag", in: "ann+news@a.example", want: "ann+news@a.example"},
		{name: "apostrophe", in: "o'hara@a.example", want: "o'hara@a.example"},
		{name: "slash within", in: "a/b@x.example", want: "a/b@x.example"},
		{name: "all of atext", in: "!#$%&'*+-/=?^_`{|}~@a.example", want: "!#$%&'*+-/=?^_`{|}~@a.example"},
		{name: "dots within", in: "a.b.c@a.example", want: "a.b.c@a.example"},
		{name: "case is kept and folded", in: "Ann@A.Example", want: "Ann@a.example"},
		{name: "domain in letters", in: "ann@Bücher.example", want: "ann@xn--bcher-kva.example"},
		{name: "domain in A-labels", in: "ann@XN--bcher-kva.example", want: "ann@xn--bcher-kva.example"},
		{name: "ideographic dot", in: "ann@例え。example", want: "ann@xn--r8jz45g.example"},
		{name: "fullwidth domain", in: "ann@\uFF41.example", want: "ann@a.example"},
		{name: "local part in UTF-8", in: "jürgen@a.example", want: "jürgen@a.example"},
		{name: "local part in NFD", in: "ju\u0308rgen@a.example", want: "jürgen@a.example"},
		{name: "digits in the domain", in: "ann@4.7b.example", want: "ann@4.7b.example"},
		{name: "hyphens in a label", in: "ann@a-b--c.example", want: "ann@a-b--c.example"},
		{name: "longest local part", in: long + "l@a.example", want: long + "l@a.example"},
		{name: "longest label", in: "a@" + long + ".example", want: "a@" + long + ".example"},

		{name: "empty", in: "", err: ErrBlank},
		{name: "spaces", in: " \t\u00A0", err: ErrBlank},
		{name: "semicolon", in: "a@x.example;b@x.example", err: ErrSeveral},
		{name: "comma and space", in: "a@x.example, b@x.example", err: ErrSeveral},
		{name: "space", in: "a@x.example b@x.example", err: ErrSeveral},
		{name: "slash between", in: "a@x.example/b@x.example", err: ErrSeveral},
		{name: "slashes everywhere", in: "a/b@x.example/c@x.example", err: ErrSeveral},
		{name: "line break", in: "a@x.example\nb@x.example", err: ErrSeveral},
		{name: "carriage return", in: "a@x.example\rb@x.example", err: ErrSeveral},
		{name: "fullwidth comma", in: "a@x.example\uFF0Cb@x.example", err: ErrSeveral},
		{name: "two with names", in: "Ann <a@x.example>, Bob <b@x.example>", err: ErrSeveral},
		{name: "smuggled parameter", in: `"b@y.example> ORCPT=rfc822;c@z.example"@x.example`, err: ErrSeveral},

		{name: "NUL", in: "a\x00b@x.example", err: ErrControl},
		{name: "CR LF at the end", in: "a@x.example\r\n", err: ErrControl},
		{name: "line feed within", in: "a@x.exa\nmple", err: ErrControl},
		{name: "delete", in: "a\x7f@x.example", err: ErrControl},
		{name: "C1 control", in: "a\u0085@x.example", err: ErrControl},

		{name: "no at", in: "ann", err: ErrSyntax},
		{name: "no local part", in: "@a.example", err: ErrSyntax},
		{name: "no domain", in: "ann@", err: ErrSyntax},
		{name: "two ats", in: "a@b@x.example", err: ErrSyntax},
		{name: "space before", in: " ann@a.example", err: ErrSyntax},
		{name: "space within", in: "ann @a.example", err: ErrSyntax},
		{name: "display name", in: "Ann <ann@a.example>", err: ErrSyntax},
		{name: "angle brackets", in: "<ann@a.example>", err: ErrSyntax},
		{name: "comment", in: "ann(x)@a.example", err: ErrSyntax},
		{name: "comment at the end", in: "ann@a.example(x)", err: ErrSyntax},
		{name: "group", in: "g:ann@a.example;", err: ErrSyntax},
		{name: "percent route is a local part", in: "a%b.example@x.example", want: "a%b.example@x.example"},
		{name: "quoted", in: `"ann"@a.example`, err: ErrSyntax},
		{name: "backslash", in: `a\b@a.example`, err: ErrSyntax},
		{name: "dot first", in: ".ann@a.example", err: ErrSyntax},
		{name: "dot last", in: "ann.@a.example", err: ErrSyntax},
		{name: "two dots", in: "a..b@a.example", err: ErrSyntax},
		{name: "local part too long", in: long + "ll@a.example", err: ErrSyntax},
		{name: "local part too long in UTF-8", in: strings.Repeat("ü", 33) + "@a.example", err: ErrSyntax},
		{name: "single label", in: "ann@localhost", err: ErrSyntax},
		{name: "address literal", in: "ann@[192.0.2.1]", err: ErrSyntax},
		{name: "IP address", in: "ann@192.0.2.1", err: ErrSyntax},
		{name: "IP address in hex", in: "ann@a.0x7f", err: ErrSyntax},
		{name: "fullwidth IP address", in: "ann@\uFF11.\uFF12", err: ErrSyntax},
		{name: "domain ends in a dot", in: "ann@a.example.", err: ErrSyntax},
		{name: "empty label", in: "ann@a..example", err: ErrSyntax},
		{name: "underscore", in: "ann@a_b.example", err: ErrSyntax},
		{name: "hyphen first", in: "ann@-a.example", err: ErrSyntax},
		{name: "hyphen last", in: "ann@a-.example", err: ErrSyntax},
		{name: "hyphen last in the TLD", in: "ann@a.example-", err: ErrSyntax},
		{name: "reserved hyphens", in: "ann@ab--c.example", err: ErrSyntax},
		{name: "broken A-label", in: "ann@xn--a.example", err: ErrSyntax},
		{name: "A-label of nothing", in: "ann@xn--.example", err: ErrSyntax},
		{name: "label too long", in: "a@" + long + "l.example", err: ErrSyntax},
		{name: "domain too long", in: "a@" + strings.Repeat(long+".", 4) + "example", err: ErrSyntax},
		{name: "soft hyphen", in: "ann@exa\u00ADmple.example", err: ErrSyntax},
		{name: "zero-width space in the domain", in: "ann@exa\u200Bmple.example", err: ErrSyntax},
		{name: "zero-width joiner in the local part", in: "a\u200Dnn@a.example", err: ErrSyntax},
		{name: "text direction", in: "a\u202Enn@a.example", err: ErrSyntax},
		{name: "fullwidth at", in: "a\uFF20y.example@x.example", err: ErrSyntax},
		{name: "fullwidth bracket", in: "a\uFF1C@x.example", err: ErrSyntax},
		{name: "Greek question mark", in: "a\u037E@x.example", err: ErrSyntax},
		{name: "Ogham space", in: "a\u1680b@x.example", err: ErrSyntax},
		{name: "joiner where none may be", in: "a@a\u200Db.example", err: ErrSyntax},
		{name: "two directions in a label", in: "a@\u05D0b.example", err: ErrSyntax},
		{name: "joiner of Sinhala", in: "a@\u0DC1\u0DCA\u200D\u0DBB\u0DD3.example", want: "a@xn--10cl1a0b660p.example"},
		{name: "unassigned", in: "a\U000E0FFF@x.example", err: ErrSyntax},
		{name: "not UTF-8", in: "a\xFF@x.example", err: ErrSyntax},
		{name: "not UTF-8 in the domain", in: "a@x\xFF.example", err: ErrSyntax},
		{name: "replacement character", in: "a\uFFFD@x.example", err: ErrSyntax},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := Parse(tc.in)
			if !errors.Is(err, tc.err) || a.String() != tc.want {
				t.Errorf("got %q, %v; want %q, %v", a, err, tc.want, tc.err)
			}
		})
	}
}

func TestCanonical(t *testing.T) {
	for _, same := range [][]string{
		{"Ann@A.example", "ann@a.example", "ANN@a.EXAMPLE"},
		{"JÜRGEN@a.example", "jürgen@a.example", "ju\u0308rgen@a.example", "JU\u0308RGEN@a.example"},
		{"\u01F0an@a.example", "j\u030Can@a.example", "J\u030Can@a.example"}, // composed in lower case alone
		{"ann@bücher.example", "ann@BÜCHER.example", "Ann@xn--bcher-kva.example"},
	} {
		for _, s := range same {
			if got, want := parse(t, s).Canonical(), parse(t, same[0]).Canonical(); got != want {
				t.Errorf("%q: got %q, want %q", s, got, want)
			}
		}
	}
	if a, b := parse(t, "ann+x@a.example"), parse(t, "ann@a.example"); a.Canonical() == b.Canonical() {
		t.Error("a plus tag is part of the mailbox")
	}
}

func TestZeroNamesNoMailbox(t *testing.T) {
	var none Address
	if !none.IsZero() || none.String() != "" || none.Canonical() != "" || none.NeedsUTF8() {
		t.Errorf("got %q, %q", none.String(), none.Canonical())
	}
}

func TestNeedsUTF8(t *testing.T) {
	for in, want := range map[string]bool{
		"ann@a.example":    false,
		"ann@ü.example":    false,
		"jürgen@a.example": true,
	} {
		if got := parse(t, in).NeedsUTF8(); got != want {
			t.Errorf("%s: got %v", in, got)
		}
	}
}

func parse(t *testing.T, s string) Address {
	t.Helper()
	a, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return a
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("first.last+tag@mail.company.example"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	a, err := Parse("First.Last@mail.company.example")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = a.Canonical()
	}
}
