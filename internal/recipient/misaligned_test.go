package recipient

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mailshot/internal/madeup"
	"mailshot/internal/rule"
)

// grid is a list: headings and rows.
type grid [][]string

// people gives so many made-up people, from the n-th on.
func peopleFrom(n, rows int) grid {
	g := grid{madeup.Headings}
	for i := range rows {
		g = append(g, madeup.Row(n+i))
	}
	return g
}

func (g grid) String() string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(g); err != nil {
		panic(err)
	}
	return b.String()
}

// shift moves the cells of columns in the rows from to (below the headings) up
// by n, and those at its top to its end; down where n is below 0.
func (g grid) shift(from, to, n int, columns ...int) grid {
	for _, c := range columns {
		var cells []string
		for _, row := range g[from:to] {
			cells = append(cells, row[c])
		}
		for i := range cells {
			g[from+i][c] = cells[(i+n+len(cells))%len(cells)]
		}
	}
	return g
}

// each changes every row below the headings.
func (g grid) each(change func(i int, row []string)) grid {
	for i, row := range g[1:] {
		change(i, row)
	}
	return g
}

// misalignments judges g and gives the refusals for misaligned columns.
func misalignments(t testing.TB, g grid, use Use) (found []rule.Refusal) {
	t.Helper()
	for _, r := range judgeAll(t, open(t, g.String(), Options{AddressColumn: "email"}), use).Refusals {
		if r.Rule == rule.MisalignedColumns {
			found = append(found, r)
		}
	}
	return found
}

func TestMisalignedColumns(t *testing.T) {
	for _, tc := range []struct {
		name  string
		list  grid
		first int    // line; the refusal may name one of the next few, whose addresses show names
		away  string // what the refusal says
		where string
	}{
		{name: "an address removed in the middle", list: peopleFrom(0, 300).shift(150, 301, 1, 0), first: 151, away: "one row further down"},
		{name: "the first address removed", list: peopleFrom(0, 300).shift(1, 301, 1, 0), first: 2, away: "one row further down"},
		{name: "an address pasted twice", list: peopleFrom(0, 300).shift(100, 301, -1, 0), first: 102, away: "one row further up"},
		{name: "a first name removed at the top", list: peopleFrom(0, 300).shift(1, 301, 1, 1), first: 2, away: "one row further up", where: "column first_name"},
		{name: "a last name removed at the top", list: peopleFrom(0, 300).shift(1, 301, 1, 2), first: 2, away: "one row further up", where: "column last_name"},
		{name: "the last third", list: peopleFrom(0, 90).shift(61, 91, 1, 0), first: 62, away: "one row further down"},
		{name: "by two", list: peopleFrom(0, 300).shift(200, 301, 2, 0), first: 201, away: "2 rows further down"},
		{name: "by five", list: peopleFrom(0, 300).shift(1, 301, -5, 0), first: 7, away: "5 rows further up"},
		{name: "a stretch in a long list", list: peopleFrom(0, 2000).shift(1500, 1530, 1, 0), first: 1501, away: "one row further down"},
		{name: "a short list", list: peopleFrom(0, 24).shift(1, 25, 1, 0), first: 2, away: "one row further down"},
		{name: "one column of names", list: grid{{"email", "name"}}.people(60, func(first, last string) []string {
			return []string{first + "." + last + "@x.example", strings.ToUpper(last) + ", " + first}
		}).shift(1, 61, 1, 0), first: 2, away: "one row further down"},
		{name: "initials and last names", list: grid{{"email", "name"}}.people(60, func(first, last string) []string {
			return []string{first[:1] + last + "@x.example", first + " " + last}
		}).shift(1, 61, 1, 0), first: 2, away: "one row further down"},
		{name: "last names with diacritics", list: grid{{"email", "first_name", "last_name"}}.people(60, func(first, last string) []string {
			return []string{strings.ReplaceAll(last, "ue", "u") + "@x.example", "J.", strings.ReplaceAll(last, "ue", "ü")}
		}).shift(1, 61, 1, 0), first: 2, away: "one row further down"},
		{name: "sorted by family, many of one", list: families().shift(1, 201, 1, 0), first: 2, away: "one row further down", where: "column first_name"},
		{name: "a third of the addresses show names", list: peopleFrom(0, 900).each(func(i int, row []string) {
			if i%3 > 0 {
				row[0] = fmt.Sprintf("coolcat%d@x.example", i)
			}
		}).shift(1, 901, 1, 0), first: 2, away: "one row further down"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found := misalignments(t, tc.list, Use{Columns: tc.list[0]})
			if len(found) == 0 {
				t.Fatal("nothing found")
			}
			r := found[0]
			if r.Line < tc.first || r.Line > tc.first+6 || r.Where != tc.where || !strings.Contains(r.What, " "+tc.away+" ") {
				t.Errorf("got %+v", r)
			}
			if r.Row != r.Line-1 || r.OtherLine == 0 || len(found) > 1 {
				t.Errorf("got %+v", found)
			}
		})
	}
}

func TestSeveralStretches(t *testing.T) {
	list := peopleFrom(0, 900).shift(1, 401, 1, 0).shift(421, 721, 1, 0).shift(751, 851, 2, 0)
	found := misalignments(t, list, Use{Columns: list[0]})
	if len(found) != 3 || found[1].Line < 421 || !strings.Contains(found[2].What, " 2 rows further down ") {
		t.Errorf("got %+v", found)
	}
	if !strings.Contains(found[0].What, "to line 400 ") && !strings.Contains(found[0].What, "to line 399 ") {
		t.Errorf("got %+v", found[0])
	}
}

// people adds rows of n people with different first and last names.
func (g grid) people(n int, row func(first, last string) []string) grid {
	starts, ends := strings.Fields("ab cor del fal gim hul jas kem"), strings.Fields("inga uelo ard estis oni ubert ek")
	for i := range n {
		first := starts[i%8] + ends[i/8%7]
		last := "m" + ends[i*3%7] + starts[i*5%8] + string(rune('a'+i%26)) + string(rune('a'+i/26))
		g = append(g, row(first, last))
	}
	return g
}

// families gives people sorted by family name, eight of each.
func families() grid {
	g := grid{{"email", "first_name", "last_name"}}
	names := strings.Fields("Ada Ben Cleo Dan Eve Finn Gwen Hugo")
	for i := range 200 {
		last := "Arch" + string(rune('a'+i/8)) + "er"
		first := names[(i+i/8)%8]
		g = append(g, []string{strings.ToLower(first + "." + last + "@x.example"), first, last})
	}
	return g
}

func TestWhatIsAligned(t *testing.T) {
	shifted := peopleFrom(0, 300).shift(150, 301, 1, 0)
	names := Use{Columns: []string{"first_name"}}
	for _, tc := range []struct {
		name string
		list grid
		use  Use
	}{
		{name: "a list", list: peopleFrom(0, 2000), use: names},
		{name: "nicknames", use: names, list: peopleFrom(0, 2000).each(func(i int, row []string) { row[0] = fmt.Sprintf("coolcat%d@x.example", i) })},
		{name: "nicknames that are names", use: names, list: peopleFrom(0, 2000).each(func(i int, row []string) {
			row[0] = fmt.Sprintf("%s%d@x.example", madeup.Row(i * 7)[1], i)
		})},
		{name: "role addresses", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) { row[0] = fmt.Sprintf("office@x%d.example", i) })},
		{name: "sorted by family", use: names, list: families()},
		{name: "initials in families", use: names, list: families().each(func(i int, row []string) {
			row[0] = fmt.Sprintf("%.1s%s%d@x.example", row[1], row[2], i)
		})},
		{name: "families with the last name alone", use: names, list: families().each(func(i int, row []string) {
			row[0] = fmt.Sprintf("%s%d@x.example", row[2], i)
		})},
		{name: "all of one family", use: names, list: families().each(func(i int, row []string) {
			row[0], row[2] = fmt.Sprintf("archer%d@x.example", i), "Archer"
		})},
		{name: "couples at the address of one", use: names, list: families().each(func(i int, row []string) {
			row[0] = strings.Replace(row[0], "@", fmt.Sprintf("%d@", i), 1)
		}).couples()},
		{name: "households at one mailbox", use: Use{Columns: []string{"first_name"}, SharedMailboxes: "first_name"}, list: households()},
		{name: "names beyond Latin", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) { row[1], row[2] = "雨", "王" })},
		{name: "names in Cyrillic", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) { row[1], row[2] = "Анна", "Белова" }).shift(1, 301, 1, 0)},
		{name: "seven addresses", use: names, list: families()[:8].shift(1, 8, 1, 0)},
		{name: "blank names", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) { row[1], row[2] = "", "" })},
		{name: "only the address is used", use: Use{Columns: []string{"email"}}, list: shifted},
		{name: "nothing is used", use: Use{Columns: []string{}}, list: shifted},
		{name: "the names are of others on purpose", use: Use{Columns: []string{"account"}, Relational: []string{"first_name", "last_name"}}, list: shifted},
		{name: "partners at each other's old addresses, twice", use: names, list: peopleFrom(0, 300).shift(1, 3, 1, 0)},
		{name: "bosses at the addresses of assistants", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) {
			if i < 30 {
				row[0] = "for." + madeup.Row(200 + i)[0]
			}
		})},
		{name: "bosses at the addresses of assistants alone", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) {
			if i < 30 {
				row[0] = strings.Replace(madeup.Row(200 + i)[0], "@", "7@", 1)
			}
		})},
		{name: "married since", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) { row[2] = madeup.Row(i + 5000)[2] })},
		{name: "namesakes", use: names, list: peopleFrom(0, 300).each(func(i int, row []string) {
			row[0], row[1], row[2] = fmt.Sprintf("john.smith%d@x.example", i), "John", "Smith"
		})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if found := misalignments(t, tc.list, tc.use); len(found) > 0 {
				t.Errorf("got %+v", found)
			}
		})
	}
	if len(misalignments(t, shifted, Use{Columns: []string{"account"}})) == 0 {
		t.Error("an account may go to another, and nothing was found")
	}
}

// TestColumnApart takes one column out of step with the others, however far.
func TestColumnApart(t *testing.T) {
	bySpelling := func(a, b string) int { return strings.Compare(a, b) }
	shuffled := peopleFrom(0, 300)
	shuffle(shuffled[1:], 0)
	for _, tc := range []struct {
		name string
		list grid
	}{
		{"in no order at all", shuffled},
		{"sorted by address alone", peopleFrom(0, 300).reorder(0, func(c []string) { slices.SortFunc(c, bySpelling) })},
		{"sorted by last name alone", peopleFrom(0, 300).reorder(2, func(c []string) { slices.SortFunc(c, bySpelling) }).reorder(1, slices.Reverse)},
		{"reversed", peopleFrom(0, 300).reorder(0, slices.Reverse)},
		{"moved by six", peopleFrom(0, 300).shift(1, 301, 6, 0)},
		{"moved by six the other way", peopleFrom(0, 300).shift(1, 301, -6, 0)},
		{"the last seven", fullNames(300).shift(294, 301, 1, 0)},
		{"five rows", fullNames(5).shift(1, 6, 1, 0)},
		{"one column of names, sorted", grid{{"email", "name"}}.people(40, func(first, last string) []string {
			return []string{last + first + "@x.example", last + ", " + first}
		}).reorder(1, func(c []string) { slices.SortFunc(c, bySpelling) })},
	} {
		if found := misalignments(t, tc.list, Use{Columns: tc.list[0]}); len(found) == 0 {
			t.Errorf("%s: nothing found", tc.name)
		}
	}
}

// fullNames gives people whose addresses all spell their names.
func fullNames(n int) grid {
	return grid{{"email", "first_name", "last_name"}}.people(n, func(first, last string) []string {
		return []string{first + "." + last + "@x.example", first, last}
	})
}

// reorder changes the order of a column's cells.
func (g grid) reorder(column int, change func(cells []string)) grid {
	var cells []string
	for _, row := range g[1:] {
		cells = append(cells, row[column])
	}
	change(cells)
	return g.each(func(i int, row []string) { row[column] = cells[i] })
}

// shuffle puts the cells of a column in no order.
func shuffle(rows grid, column int) {
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(rows), func(i, j int) {
		rows[i][column], rows[j][column] = rows[j][column], rows[i][column]
	})
}

// couples gives the second of each two rows the address of the first.
func (g grid) couples() grid {
	return g.each(func(i int, row []string) {
		if i%2 == 1 {
			row[0] = "also." + g[i][0]
		}
	})
}

// households gives families whose members share the mailbox of the first.
func households() grid {
	g := families()
	return g.each(func(i int, row []string) { row[0] = g[1+i/4*4][0] })
}

func TestAlignedNeverRefused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(10, 2000).Draw(rt, "rows")
		g := peopleFrom(rapid.IntRange(0, 1e6).Draw(rt, "from"), rows)
		if found := alignedBy(g); len(found) > 0 {
			rt.Fatalf("got %+v", found)
		}
		if found := displacedIn(g); len(found) > 0 {
			rt.Fatalf("got %+v", found)
		}
		if found := displacedIn(g.reorder(0, slices.Reverse)); len(found) == 0 && rows >= 40 {
			rt.Fatal("reversed, and nothing found")
		}
	})
}

func TestShiftAlwaysFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before, shifted, after := rapid.IntRange(0, 200).Draw(rt, "before"), rapid.IntRange(41, 200).Draw(rt, "shifted"), rapid.IntRange(0, 200).Draw(rt, "after")
		n := rapid.SampledFrom([]int{1, -1}).Draw(rt, "by")
		g := peopleFrom(rapid.IntRange(0, 1e6).Draw(rt, "from"), before+shifted+after).shift(1+before, 1+before+shifted, n, 0)
		found := alignedBy(g)
		if len(found) == 0 {
			rt.Fatal("nothing found")
		}
		for _, s := range found {
			if s.offset != n || s.line < 1+before || s.last > 1+before+shifted {
				rt.Fatalf("got %+v", s)
			}
		}
	})
}

// alignedBy gives the stretches of g that are misaligned.
func alignedBy(g grid) []stretch {
	a := alignmentOf(g)
	a.end()
	return a.found
}

// displacedIn gives the refusal of g for addresses that fit the names of rows
// anywhere.
func displacedIn(g grid) []rule.Refusal {
	found := newFindings("")
	alignmentOf(g).apart.refuse(found)
	return found.refusals
}

// alignmentOf gives the gate's look at g, without a file.
func alignmentOf(g grid) *alignment {
	p := plan{used: make([]bool, len(g[0])), relational: make([]bool, len(g[0]))}
	for i, name := range g[0] {
		k := ColumnKind{Column: Column{Name: name, Heading: name}}
		if slices.Contains([]string{"first_name", "last_name"}, name) {
			k.Kind = KindName
		}
		p.kinds, p.used[i] = append(p.kinds, k), true
	}
	a := newAlignment(&List{}, p)
	for i, cells := range g[1:] {
		a.add(record{number: i + 1, line: i + 2}, cells)
	}
	return a
}
