package recipient

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// gateCase is a list, and what the gate must find in it.
type gateCase struct {
	name  string
	list  string
	open  Options
	use   Use
	want  []string // "rule line/other line", in order; none where the list must pass
	rows  int      // where it passes
	same  int
	warns int
}

func TestGate(t *testing.T) {
	for _, group := range [][]gateCase{addressCases, shapeCases, mailboxCases, repeatCases, foreignCases} {
		for _, tc := range group {
			t.Run(tc.name, func(t *testing.T) { checkGate(t, tc) })
		}
	}
}

func checkGate(t *testing.T, tc gateCase) {
	t.Helper()
	l := open(t, tc.list, tc.open)
	j := judgeAll(t, l, tc.use)
	if got := describe(j.Refusals); !slices.Equal(got, tc.want) {
		t.Fatalf("got %q, want %q", got, tc.want)
	}
	if j.Total != len(tc.want) {
		t.Errorf("%d refusals counted", j.Total)
	}
	for _, r := range j.Refusals {
		if r.File != l.Name() || r.What == "" || r.Hint == "" {
			t.Errorf("an incomplete refusal: %+v", r)
		}
	}
	if len(tc.want) > 0 {
		return
	}
	if rows := collect(t, l); len(rows) != tc.rows || j.Rows != tc.rows || j.Same != tc.same {
		t.Errorf("%d rows of which Judge counted %d, and %d that are the same; want %d and %d", len(rows), j.Rows, j.Same, tc.rows, tc.same)
	}
	if len(j.Warnings) != tc.warns {
		t.Errorf("warnings: %+v", j.Warnings)
	}
}

func describe(refusals []rule.Refusal) []string {
	var all []string
	for _, r := range refusals {
		s := fmt.Sprintf("%s %d", r.Rule, r.Line)
		if r.OtherLine > 0 {
			s += fmt.Sprintf("/%d", r.OtherLine)
		}
		all = append(all, s)
	}
	return all
}

var addressCases = []gateCase{
	{name: "blank address", list: "email,name\na@x.example,Ann\n,Bob\n", want: []string{"blank-address 3"}},
	{name: "blank row between", list: "email,name\na@x.example,Ann\n,\nb@x.example,Bob\n", want: []string{"blank-address 3"}},
	{name: "blank rows at the end", list: "email,name\na@x.example,Ann\n,\n , \n\n\n", rows: 1},
	{name: "blank lines between", list: "email,name\na@x.example,Ann\n\nb@x.example,Bob\n", rows: 2},
	{name: "bad address", list: "email,name\na@x.example,Ann\nbob at x.example,Bob\n", want: []string{"bad-address 3"}},
	{name: "address in angle brackets", list: "email,name\nAnn <a@x.example>,Ann\n", want: []string{"bad-address 2"}},
	{name: "quoted local part", list: "email,name\n\"\"\"a b\"\"@x.example\",Ann\n", want: []string{"bad-address 2"}},
	{name: "no address anywhere", list: "email,name\nann,Ann\n", want: []string{"bad-address 2"}},
	{name: "IDN, UTF-8, tag, apostrophe", list: "email\nann@bücher.example\njürgen@x.example\na+b@x.example\no'hara@x.example\n", rows: 4},
	{name: "spaces around", list: "email,name\n a@x.example\u00A0,Ann\n", rows: 1},
	{name: "semicolon", list: "email,name\na@x.example;b@x.example,Ann\n", want: []string{"several-addresses 2"}},
	{name: "comma", list: "email,name\n\"a@x.example, b@x.example\",Ann\n", want: []string{"several-addresses 2"}},
	{name: "space", list: "email,name\na@x.example b@x.example,Ann\n", want: []string{"several-addresses 2"}},
	{name: "slash", list: "email,name\na@x.example/b@x.example,Ann\n", want: []string{"several-addresses 2"}},
	{name: "slash in a local part", list: "email,name\na/b@x.example,Ann\n", rows: 1},
	{name: "several are not skipped", open: Options{SkipBadRows: true}, list: "email,name\na@x.example;b@x.example,Ann\n", want: []string{"several-addresses 2"}},
	{name: "bad rows skipped", open: Options{SkipBadRows: true}, rows: 1, warns: 4,
		list: "email,name\nann,Ann\nb@x.example,Bob\n,Eve\n,\nx@,Zoe\n,\n"},
	{name: "NUL in the address", list: "email,name\nb@x.example,Bob\na\x00@x.example,Ann\n", want: []string{"control-character 3"}},
	{name: "a control is not skipped", open: Options{SkipBadRows: true}, list: "email,name\na\x07@x.example,Ann\n", want: []string{"control-character 2"}},
	{name: "NUL in a used cell", list: "email,name\na@x.example,A\x00nn\n", want: []string{"control-character 2"}},
	{name: "NUL in a cell that is not used", list: "email,name\na@x.example,A\x00nn\n", use: Use{Columns: []string{"email"}}, rows: 1},
	{name: "line breaks and tabs in a used cell", list: "email,note\na@x.example,\"one\ttwo\nthree\"\n", rows: 1},
	{name: "addresses like lists", list: "email\nall@x.example\nstaff@x.example\nann@x.example\n", rows: 3, warns: 1},
}

var shapeCases = []gateCase{
	{name: "short row", list: "email,name\na@x.example\n", want: []string{"ragged-row 2"}},
	{name: "long row", list: "email,name\na@x.example,Ann,x\n", want: []string{"ragged-row 2"}},
	{name: "empty columns at the end", list: "email,name,,\na@x.example,Ann,,\nb@x.example,Bob\nc@x.example,Cy,,,,\n", rows: 3},
	{name: "a cell without a heading", list: "email,name,,\na@x.example,Ann,x,\n", want: []string{"ragged-row 2"}},
	{name: "a column without a heading", list: "email,,name\na@x.example,x,Ann\n", rows: 1},
	{name: "rows in a cell", list: "email,name,city\na@x.example,Ann,\"Rome\nb@x.example,Bob,Paris\nc@x.example,Cy,Oslo\"\n", want: []string{"swallowed-rows 2"}},
	{name: "one row in a cell", list: "email,name,city\na@x.example,Ann,\"Rome\nb@x.example,Bob,Paris\"\n", want: []string{"swallowed-rows 2"}},
	{name: "rows in a cell of a ragged row", list: "email,name,city\n\"a@x.example,Ann,Rome\nb@x.example,Bob\",Oslo\n", want: []string{"swallowed-rows 2"}},
	{name: "a row between lines of text", list: "email,name,note\na@x.example,Ann,\"one\nb@x.example,Bob,Paris\ntwo\"\n", want: []string{"swallowed-rows 2"}},
	{name: "a row from the middle of one to the middle of the next",
		list: "email,name,city\na@x.example,\"Ann,Rome\nb@x.example,Bob\",Paris\n", want: []string{"swallowed-rows 2"}},
	{name: "postal address over three lines", list: "email,name,postal\na@x.example,Ann,\"12 High St, Flat 2,\nYork, YO1,\nUK\"\n", rows: 1},
	{name: "two columns without a heading", list: "email,, ,name\na@x.example,x,y,Ann\n", rows: 1},
	{name: "a line that is an address", list: "email,name,note\na@x.example,Ann,\"reach me at\nq@other.example\nthanks\"\n", rows: 1},
	{name: "a note over lines with an address", list: "email,name,note\na@x.example,Ann,\"called,\nsee q@other.example\nthanks\"\n", rows: 1},
}

var mailboxCases = []gateCase{
	{name: "same mailbox, other data", list: "email,name\na@x.example,Ann\nb@x.example,Bob\nA@X.example,Amy\n", want: []string{"shared-mailbox 4/2"}},
	{name: "same mailbox, other data that is not used", use: Use{Columns: []string{"name"}}, rows: 1, same: 1, warns: 1,
		list: "email,name,city\na@x.example,Ann,Rome\nA@x.example,Ann,Oslo\n"},
	{name: "same row three times", list: "email,name\na@x.example,Ann\nb@x.example,Bob\na@x.example,Ann\na@x.example,Ann\n", rows: 2, same: 2, warns: 1},
	{name: "household", use: Use{SharedMailboxes: "Name"}, list: "email,name,city\na@x.example,Ann,Rome\na@x.example,Bob,Rome\n", rows: 2},
	{name: "household, one twice", use: Use{SharedMailboxes: "name"}, rows: 2, same: 1, warns: 1,
		list: "email,name,city\na@x.example,Ann,Rome\na@x.example,Bob,Rome\na@x.example,Ann,Rome\n"},
	{name: "household, one twice with other data", use: Use{SharedMailboxes: "name"}, want: []string{"shared-mailbox 4/2"},
		list: "email,name,city\na@x.example,Ann,Rome\na@x.example,Bob,Rome\na@x.example,Ann,Oslo\n"},
	{name: "IDN in two forms", list: "email,name\na@bücher.example,Ann\na@xn--bcher-kva.example,Amy\n", want: []string{"shared-mailbox 3/2"}},
	{name: "refusals come by line", want: []string{"shared-mailbox 3/2", "bad-address 4"},
		list: "email,name\na@x.example,Ann\na@x.example,Amy\nbob,Bob\nc@x.example,Cy\n"},
	{name: "two spellings, each twice", rows: 2, same: 2, warns: 2,
		list: "email,name\nann.lee@x.example,Ann\nannlee@x.example,Bob\nannlee@x.example,Bob\nann.lee@x.example,Ann\n"},
	{name: "dots and tags", list: "email,name\nann.lee@x.example,Ann\nannlee@x.example,Bob\nannlee+news@x.example,Cy\nb@x.example,Di\n", rows: 4, warns: 1},
}

var repeatCases = []gateCase{
	{name: "declared", use: Use{Kinds: map[string]Kind{"account": KindIdentifier}}, want: []string{"repeated-identifier 4/2"},
		list: "email,account\na@x.example,7730951\nb@x.example,7730952\nc@x.example,7730951\n"},
	{name: "tokens", want: []string{"repeated-identifier 4/2"},
		list: "email,link\na@x.example,f3a9b27c1d5e8406\nb@x.example,0b44c1aa93e7d2f5\nc@x.example,f3a9b27c1d5e8406\n"},
	{name: "declared, and the same on all of two rows", use: Use{Kinds: map[string]Kind{"account": KindIdentifier}}, want: []string{"repeated-identifier 3/2"},
		list: "email,account\na@x.example,7730951\nb@x.example,7730951\n"},
	{name: "tokens that differ in the sample and repeat below", list: fourfold(), rows: 4 * sampleRows},
	{name: "a voucher that all have", list: "email,voucher\na@x.example,SUMMER2026SALE4711\nb@x.example,SUMMER2026SALE4711\nc@x.example,SUMMER2026SALE4711\n", rows: 3},
	{name: "a declared voucher that many have", use: Use{Kinds: map[string]Kind{"voucher": KindIdentifier}}, rows: 30, list: manyRows(30, "SUMMER2026")},
	{name: "one account, three contacts", rows: 4,
		list: "email,account\na@x.example,KX-7730951\nb@x.example,KX-7730951\nc@x.example,KX-7730951\nd@x.example,KX-7730952\n"},
	{name: "five vouchers, one for each group", rows: 100, list: sharedTokens("voucher", 100, func(i int) int { return i % 5 })},
	{name: "links of accounts that several have", rows: 60, list: sharedTokens("account", 60, func(i int) int { return i / 3 })},
	{name: "blanks", use: Use{Kinds: map[string]Kind{"account": KindIdentifier}}, rows: 3,
		list: "email,account\na@x.example,\nb@x.example, \nc@x.example,7730951\n"},
	{name: "the same row twice", rows: 2, same: 1, warns: 1,
		list: "email,link\na@x.example,f3a9b27c1d5e8406\nb@x.example,0b44c1aa93e7d2f5\na@x.example,f3a9b27c1d5e8406\n"},
}

// fourfold gives tokens that are all different, and then three times as many
// rows whose tokens stand four times each.
func fourfold() string {
	var b strings.Builder
	b.WriteString("email,account\n")
	for i := range 4 * sampleRows {
		token := i
		if i >= sampleRows {
			token = sampleRows + i/4
		}
		fmt.Fprintf(&b, "p%d@x.example,%08xf3a9b27c\n", i, token*2654435761)
	}
	return b.String()
}

// sharedTokens gives rows with tokens, of which the i-th row has the one that
// which gives.
func sharedTokens(heading string, rows int, which func(i int) int) string {
	var b strings.Builder
	b.WriteString("email," + heading + "\n")
	for i := range rows {
		fmt.Fprintf(&b, "p%d@x.example,%011xf3a9b27c\n", i, (which(i)+77)*2654435761)
	}
	return b.String()
}

func TestTokensOnSeveralRows(t *testing.T) {
	for _, heading := range []string{"Token", "QR", "voucher", "Personal link", "Ticket code"} {
		for each, want := range map[int]int{2: 50, 3: 66} {
			rows := want / (each - 1) * each
			j := judgeAll(t, open(t, sharedTokens(heading, rows, func(i int) int { return i / each }), Options{}), Use{})
			if j.Total != want || j.Refusals[0].Rule != rule.RepeatedIdentifier {
				t.Errorf("%s, each on %d rows: %d refusals", heading, each, j.Total)
			}
		}
	}
}

// manyManaged gives sixty people with one manager, whom a note names again.
func manyManaged() string {
	var b strings.Builder
	b.WriteString("email,manager,note\n")
	for i := range 60 {
		fmt.Fprintf(&b, "p%d@x.example,m@x.example,ask M@x.example\n", i)
	}
	return b.String()
}

func manyRows(n int, voucher string) string {
	var b strings.Builder
	b.WriteString("email,voucher\n")
	for i := range n {
		fmt.Fprintf(&b, "p%d@x.example,%s\n", i, voucher)
	}
	return b.String()
}

var foreignCases = []gateCase{
	{name: "address in a note", list: "email,note\na@x.example,ask b@x.example\nb@x.example,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "address in a name", list: "email,name\na@x.example,Ann <b@x.example>\nb@x.example,Bob\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "address in a second column of addresses", open: Options{AddressColumn: "E-Mail"}, want: []string{"foreign-in-cell 2/3"},
		list: "e-mail,cc\na@x.example,b@x.example\nb@x.example,b2@x.example\n"},
	{name: "own second address", open: Options{AddressColumn: "email"}, list: "email,private\na@x.example,a2@x.example\nb@x.example,b2@x.example\n", rows: 2},
	{name: "a manager's address for all", open: Options{AddressColumn: "email"}, rows: 2,
		list: "email,manager\na@x.example,m@x.example\nb@x.example,m@x.example\n"},
	{name: "full name in a note", list: "email,first_name,last_name,note\na@x.example,Ann,Lee,like Robert Jones\nb@x.example,Robert,Jones,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "full name as a cell of text", list: "email,name,referrer\na@x.example,Ann Lee,Robert Jones\nb@x.example,Robert Jones,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "full name, last name first", list: "email,first_name,last_name,note\na@x.example,Ann,Lee,like Jones Robert\nb@x.example,Robert,Jones,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "one column, last name first", list: "email,name,note\na@x.example,\"Lee, Ann\",like Robert Jones\nb@x.example,\"Jones, Robert\",\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "two last names that are another's full name", rows: 2,
		list: "email,first_name,last_name\na@x.example,Ana,Garcia Lopez\nb@x.example,Garcia,Lopez\n"},
	{name: "one of several addresses in a cell", want: []string{"foreign-in-cell 2/3", "several-addresses 3"},
		list: "email,note\na@x.example,ask c@x.example\nb@x.example;c@x.example,\n"},
	{name: "addresses identify, whatever is declared", use: Use{Kinds: map[string]Kind{"email": KindText}}, want: []string{"foreign-in-cell 2/3"},
		list: "email,note\na@x.example,ask b@x.example\nb@x.example,\n"},
	{name: "a household", use: Use{SharedMailboxes: "name"}, rows: 2,
		list: "email,name,note\na@x.example,Ann Jones,with Robert Jones\na@x.example,Robert Jones,with Ann Jones\n"},
	{name: "neighbours", want: []string{"foreign-in-cell 2/3"},
		list: "email,name,note\na@x.example,Ann Jones,with Robert Jones\nb@x.example,Robert Jones,\n"},
	{name: "relational", use: Use{Relational: []string{"referrer"}}, list: "email,name,referrer\na@x.example,Ann Lee,Robert Jones\nb@x.example,Robert Jones,\n", rows: 2},
	{name: "a column that is not used", use: Use{Columns: []string{"name"}}, list: "email,name,referrer\na@x.example,Ann Lee,Robert Jones\nb@x.example,Robert Jones,\n", rows: 2},
	{name: "account in a note", list: "email,account,note\na@x.example,KX-7730951,moved to KX-7730952\nb@x.example,KX-7730952,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "own address in a note", list: "email,note\na@x.example,we write to A@x.example\nb@x.example,\n", rows: 2},
	{name: "own account in a note", list: "email,account,note\na@x.example,KX-7730951,account KX-7730951\nb@x.example,KX-7730952,\n", rows: 2},
	{name: "shared account in a note", list: "email,account,note\na@x.example,KX-7730951,account KX-7730951\nb@x.example,KX-7730951,account KX-7730951\n", rows: 2},
	{name: "a longer own name", list: "email,name,note\na@x.example,Anna Maria Schmidt,Dear Anna Maria Schmidt\nb@x.example,Maria Schmidt,Dear Maria Schmidt\n", rows: 2},
	{name: "shared city and company", rows: 3,
		list: "email,name,city,company\na@x.example,Ann Lee,New York,Lee & Sons\nb@x.example,Bob Ray,New York,Lee & Sons\nc@x.example,Cy Orr,Old York,Lee & Sons\n"},
	{name: "a manager's address for very many", open: Options{AddressColumn: "email"}, rows: 60, list: manyManaged()},
	{name: "a private value that very many have", use: Use{Kinds: map[string]Kind{"voucher": KindPrivate}}, rows: 60, list: manyRows(60, "gout")},
	{name: "a hidden character", list: "email,note\na@x.example,ask b@x.exa\u200Bmple\nb@x.example,\n", want: []string{"foreign-in-cell 2/3"}},
	{name: "a row that is left out is a person too", open: Options{SkipBadRows: true}, want: []string{"foreign-in-cell 2/3"},
		list: "email,account,note\na@x.example,KX-7730951,see KX-7730952\nbob,KX-7730952,\nc@x.example,KX-7730953,\n"},
	{name: "a signatory who is on the list", want: []string{"foreign-in-cell 2/3", "foreign-in-cell 4/3"},
		list: "email,name,note\na@x.example,Ann Lee,yours Robert Jones\nrj@x.example,Robert Jones,\nc@x.example,Cy Orr,yours Robert Jones\n"},
	{name: "allowed", use: Use{Allow: []string{"robert JONES"}}, list: "email,name,referrer\na@x.example,Ann Lee,Robert Jones\nb@x.example,Robert Jones,\n", rows: 2},
	{name: "private", use: Use{Kinds: map[string]Kind{"illness": KindPrivate}}, want: []string{"foreign-in-cell 3/2"},
		list: "email,illness,note\na@x.example,gout,\nb@x.example,,has gout\n"},
}
