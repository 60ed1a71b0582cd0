package identifier

import (
	"slices"
	"strings"
	"testing"
)

// entry is a value of one row.
type entry struct {
	kind  Kind
	value string
}

// index gives an index of one value a row, from line 2 on.
func index(entries ...entry) *Index {
	b := NewBuilder(len(entries))
	for i, e := range entries {
		b.Add(i+2, e.kind, e.value)
	}
	return b.Build()
}

// found gives the texts of all hits, less those that lie inside others.
func found(x *Index, text string) []string {
	var hits []Hit
	x.Scan([]byte(text), func(h Hit) bool {
		hits = append(hits, h)
		return true
	})
	outer := slices.DeleteFunc(slices.Clone(hits), func(h Hit) bool {
		return slices.ContainsFunc(hits, func(o Hit) bool {
			return o.Start <= h.Start && h.End <= o.End && o.End-o.Start > h.End-h.Start
		})
	})
	texts := []string{}
	for _, h := range outer {
		texts = append(texts, h.Kind.String()+" "+text[h.Start:h.End])
	}
	slices.Sort(texts)
	return texts
}

func TestScan(t *testing.T) {
	tests := []struct {
		name  string
		entry entry
		text  string
		want  []string
	}{
		{"token inside a longer one", entry{Token, "KX-7730951"}, "code autumn-KX-7730951.", []string{"identifier KX-7730951"}},
		{"token that goes on", entry{Token, "KX-7730951"}, "KX-77309512", nil},
		{"token that began before", entry{Token, "KX-7730951"}, "AKX-7730951", nil},
		{"token in another case", entry{Token, "KX-7730951"}, "kx-7730951", []string{"identifier kx-7730951"}},
		{"token without its separator", entry{Token, "KX-7730951"}, "x=KX7730951&", []string{"identifier KX7730951"}},
		{"token with a separator it lacks", entry{Token, "KX7730951"}, "KX 7730951", []string{"identifier KX 7730951"}},
		{"token after a long gap", entry{Token, "KX-7730951"}, "KX         7730951", nil},
		{"IBAN in groups", entry{Token, "DE89370400440532013000"}, "to DE89 3704 0044 0532 0130 00.", []string{"identifier DE89 3704 0044 0532 0130 00"}},
		{"letters alone", entry{Token, "abcd-efgh"}, "x/abcd/efgh", []string{"identifier abcd/efgh"}},
		{"letters alone in one", entry{Token, "abcd-efgh"}, "abcdefgh", nil},

		{"number", entry{Token, "7730951"}, "account 7730951, please", []string{"identifier 7730951"}},
		{"number in a longer one", entry{Token, "7730951"}, "177309510", nil},
		{"short number cut up", entry{Token, "20261120"}, "on 2026-11-20", nil},
		{"long number cut up", entry{Token, "123456789"}, "no. 123 456 789", []string{"identifier 123 456 789"}},

		{"phone as it stands", entry{Token, "+49 170 1234567"}, "+49 170 1234567", []string{"identifier 49 170 1234567"}},
		{"phone with other separators", entry{Token, "+49 170 1234567"}, "+49-170-123 45 67", []string{"identifier 49-170-123 45 67"}},
		{"phone with a leading zero", entry{Token, "+49 170 1234567"}, "Tel. 0170/123 45 67", []string{"identifier 0170/123 45 67"}},
		{"phone in one", entry{Token, "+49 170 1234567"}, "01701234567", []string{"identifier 01701234567"}},
		{"phone with (0)", entry{Token, "0170 1234567"}, "+49 (0) 170 1234567", []string{"identifier 49 (0) 170 1234567"}},
		{"phone with its area code in brackets", entry{Token, "+1 415-555-0142"}, "(415) 555-0142", []string{"identifier 415) 555-0142"}},
		{"another phone with the same last eight digits", entry{Token, "+49 170 1234567"}, "0171 1234567 0180 1234567", nil},
		{"another phone", entry{Token, "+49 170 1234567"}, "0170/123 45 68", nil},

		{"name", entry{Name, "Anna Maria Schmidt"}, "Dear Anna Maria Schmidt,", []string{"name Anna Maria Schmidt"}},
		{"name in capitals over a line end", entry{Name, "Anna Schmidt"}, "ANNA\r\nSCHMIDT", []string{"name ANNA\r\nSCHMIDT"}},
		{"name decomposed", entry{Name, "José Müller"}, "Jose\u0301 Mu\u0308ller", []string{"name Jose\u0301 Mu\u0308ller"}},
		{"name without its marks", entry{Name, "José Müller"}, "Jose Muller", nil},
		{"name in upper case", entry{Name, "Jörg Groß"}, "JÖRG GROSS", []string{"name JÖRG GROSS"}},
		{"name in full width", entry{Name, "Ann Lee"}, "Ａｎｎ　Ｌｅｅ", []string{"name Ａｎｎ　Ｌｅｅ"}},
		{"name with format characters", entry{Name, "Ann Leeds"}, "An\u200bn Lee\u00adds", []string{"name An\u200bn Lee\u00adds"}},
		{"name in Greek", entry{Name, "Νίκος Παππάς"}, "ΝΊΚΟΣ ΠΑΠΠΆΣ", []string{"name ΝΊΚΟΣ ΠΑΠΠΆΣ"}},
		{"name in Han inside a run", entry{Name, "王小明"}, "请联系王小明谢谢", []string{"name 王小明"}},
		{"name in Hangul with a particle", entry{Name, "김철수"}, "김철수님께", []string{"name 김철수"}},
		{"name in Hangul decomposed", entry{Name, "김철수"}, "\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e\u1102\u1175\u11b7", []string{"name \u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e"}},
		{"name in Thai", entry{Name, "สมชาย ใจดี"}, "คุณสมชาย ใจดีครับ", []string{"name สมชาย ใจดี"}},
		{"name in kana with a sound mark apart", entry{Name, "がく さとう"}, "か\u3099くさとう", []string{"name か\u3099くさとう"}},
		{"name in Vietnamese, marks in another order", entry{Name, "Việt Nguyễn"}, "Viê\u0323t NGUYÊ\u0303N", []string{"name Viê\u0323t NGUYÊ\u0303N"}},
		{"part of a name", entry{Name, "Anna Schmidt"}, "Anna Schmidtke", nil},

		{"private word", entry{Private, "no"}, "say no more", []string{"private value no"}},
		{"private text", entry{Private, "1980-02-03"}, "born 1980-02-03", []string{"private value 1980-02-03"}},

		{"address", entry{Address, "ann@x.example"}, "write to ann@x.example.", []string{"address ann@x.example"}},
		{"address in a longer one", entry{Address, "ann@x.example"}, "joann@x.example", nil},
		{"address with a tag", entry{Address, "ann@x.example"}, "ann+vip@x.example vip+ann@x.example", nil},
		{"address with words before", entry{Address, "ann@x.example"}, "jo.ann@x.example jo-ann@x.example jo_ann@x.example", nil},
		{"address in a longer domain", entry{Address, "ann@x.example"}, "ann@x.example.com ann@x.example-y", nil},
		{"address in quotes", entry{Address, "ann@x.example"}, "'ann@x.example'", []string{"address ann@x.example"}},
		{"address after =", entry{Address, "ann@x.example"}, "?foo=ann@x.example&", []string{"address ann@x.example"}},
		{"address after /", entry{Address, "ann@x.example"}, "to/ann@x.example/", []string{"address ann@x.example"}},
		{"address in braces", entry{Address, "ann@x.example"}, "{ann@x.example}", []string{"address ann@x.example"}},
		{"address in stars", entry{Address, "ann@x.example"}, "**ann@x.example**", []string{"address ann@x.example"}},
		{"address in underscores", entry{Address, "ann@x.example"}, "_ann@x.example_", []string{"address ann@x.example"}},
		{"address after a dash", entry{Address, "ann@x.example"}, "--ann@x.example--", []string{"address ann@x.example"}},
		{"address in angle brackets", entry{Address, "ann@x.example"}, "Ann <ANN@X.Example>", []string{"address ANN@X.Example"}},
		{"address in a mailto", entry{Address, "ann@x.example"}, "mailto:ann@x.example?subject", []string{"address ann@x.example"}},
		{"address in Chinese text", entry{Address, "ann@x.example"}, "请联系ann@x.example。谢谢", []string{"address ann@x.example"}},
		{"address with a U-label", entry{Address, "ann@xn--bcher-kva.example"}, "ann@Bücher.example", []string{"address ann@Bücher.example"}},
		{"address with an A-label", entry{Address, "ann@xn--bcher-kva.example"}, "ann@XN--bcher-kva.example", []string{"address ann@XN--bcher-kva.example"}},
		{"address in UTF-8", entry{Address, "jörg@x.example"}, "JO\u0308RG@x.example", []string{"address JO\u0308RG@x.example"}},
		{"address after an umlaut", entry{Address, "rg@x.example"}, "jörg@x.example", nil},
		{"MD5 of an address", entry{Address, "ann@x.example"}, "/avatar/" + md5Of("ann@x.example") + "?s=80", []string{"hash of the address " + md5Of("ann@x.example")}},
		{"SHA-1 of an address", entry{Address, "ann@x.example"}, sha1Of("ann@x.example"), []string{"hash of the address " + sha1Of("ann@x.example")}},
		{"SHA-256 of an address", entry{Address, "ann@x.example"}, sha256Of("ann@x.example"), []string{"hash of the address " + sha256Of("ann@x.example")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := found(index(test.entry), test.text); !slices.Equal(got, test.want) {
				t.Errorf("%q in %q: found %q, want %q", test.entry.value, test.text, got, test.want)
			}
		})
	}
}

func TestEmptyIndex(t *testing.T) {
	x := NewBuilder(0).Build()
	if got := found(x, "Ann <ann@x.example> "+md5Of("ann@x.example")); len(got) > 0 || x.Len() != 0 {
		t.Errorf("an empty index of %d found %q", x.Len(), got)
	}
}

func TestShared(t *testing.T) {
	for _, test := range []struct {
		kind  Kind
		value string
		rows  int
		want  int // lines in the hit, 0 for no hit
	}{
		{Token, "KX-7730951", MaxRows, MaxRows},
		{Token, "KX-7730951", MaxRows + 1, 0},
		{Name, "Anna Schmidt", MaxRows + 1, 0},
		{Private, "Anna Schmidt", MaxRows + 1, MaxRows},
		{Address, "ann@x.example", 1000, MaxRows},
	} {
		b := NewBuilder(test.rows)
		for i := range test.rows {
			b.Add(i+2, test.kind, test.value)
			b.Add(i+2, test.kind, test.value) // the same row twice is one row
		}
		var lines []uint32
		b.Build().Scan([]byte(test.value), func(h Hit) bool {
			lines = h.Lines
			return true
		})
		if len(lines) != test.want {
			t.Errorf("%v on %d rows: hit with the lines %v, want %d of them", test.kind, test.rows, lines, test.want)
		}
		if !slices.IsSorted(lines) || len(slices.Compact(slices.Clone(lines))) != len(lines) {
			t.Errorf("lines are not ascending: %v", lines)
		}
	}
}

func TestHitsOverlap(t *testing.T) {
	x := index(entry{Name, "Anna Maria Schmidt"}, entry{Name, "Maria Schmidt"})
	text := "Dear Anna Maria Schmidt"
	got := []string{}
	x.Scan([]byte(text), func(h Hit) bool {
		got = append(got, text[h.Start:h.End])
		return true
	})
	slices.Sort(got)
	if want := []string{"Anna Maria Schmidt", "Maria Schmidt"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestScanStops(t *testing.T) {
	x := index(entry{Name, "Anna Schmidt"}, entry{Token, "KX-7730951"}, entry{Address, "ann@x.example"}, entry{Token, "0170 1234567"})
	text := []byte("Anna Schmidt KX 7730951 KX7730951 +49 170 1234567 ann@x.example " + md5Of("ann@x.example"))
	for stop := 1; stop <= 6; stop++ {
		n := 0
		x.Scan(text, func(Hit) bool {
			n++
			return n < stop
		})
		if n != stop {
			t.Errorf("asked to stop at hit %d, got %d", stop, n)
		}
	}
}

func TestKeys(t *testing.T) {
	x := index(entry{Token, "KX-7730951"}, entry{Token, "+49 170 1234567"}, entry{Name, "Anna Schmidt"}, entry{Token, "7730951"})
	for _, test := range []struct {
		cell, text string
		want       bool // the first hit in text is the whole of cell
	}{
		{"kx 7730951", "KX7730951", true},
		{"0170/1234567", "tel. 0170 1234567", true},
		{"ANNA SCHMIDT", "Anna Schmidt", true},
		{"Anna Schmidt-Lee", "Anna Schmidt", false},
		{"", "Anna Schmidt", false},
		{"7730951", "7730951", true},
	} {
		is := false
		x.Scan([]byte(test.text), func(h Hit) bool {
			is = slices.Contains(x.Keys(nil, test.cell), h.Key)
			return false
		})
		if is != test.want {
			t.Errorf("%q is the whole of %q: %v", test.text, test.cell, is)
		}
	}
}

func TestShortNumber(t *testing.T) {
	for value, want := range map[string]bool{"7730951": true, "773-0951": true, "123456789": false, "KX-7730951": false} {
		index(entry{Token, value}).Scan([]byte(value), func(h Hit) bool {
			if h.ShortNumber() != want {
				t.Errorf("%q is a short number: %v", value, !want)
			}
			return true
		})
	}
}

func TestKindsHaveNames(t *testing.T) {
	names := make(map[string]bool)
	for k := None; k <= Private; k++ {
		names[k.String()] = true
	}
	if len(names) != int(Private)+1 || names[""] {
		t.Errorf("names: %v", names)
	}
}

func TestMaxWords(t *testing.T) {
	for _, c := range []struct {
		values      []entry
		all, spaced int
	}{
		{nil, 0, 0},
		{[]entry{{Name, "Anna Maria Schmidt"}, {Name, "Bob Stone"}}, 3, 3},
		{[]entry{{Name, "王小明"}, {Name, "Bob Stone"}}, 3, 2},
		{[]entry{{Token, "KX-773"}}, 5, 5},
		{[]entry{{Token, "+49 170 1234567"}}, maxGroups, maxGroups},
		{[]entry{{Private, strings.Repeat("so ", 50)}}, maxWords, maxWords},
	} {
		if all, spaced := index(c.values...).MaxWords(); all != c.all || spaced != c.spaced {
			t.Errorf("%v: %d and %d, want %d and %d", c.values, all, spaced, c.all, c.spaced)
		}
	}
}
