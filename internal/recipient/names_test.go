package recipient

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// planted gives a list of people under headings of their names (and "email" and
// "note"), whose first row has text in its note; row gives the cells of a name.
func planted(headings, text string, row func(first, last string) []string) grid {
	g := grid{append(append([]string{"email"}, strings.Split(headings, ",")...), "note")}
	g = g.people(30, func(first, last string) []string {
		first, last = strings.ToUpper(first[:1])+first[1:], strings.ToUpper(last[:1])+last[1:]
		return append(append([]string{first + "." + last + "@x.example"}, row(first, last)...), "")
	})
	third := g[3][1 : len(g[3])-1]
	g[1][len(g[1])-1] = strings.NewReplacer("FIRST", third[0], "LAST", third[len(third)-1]).Replace(text)
	return g
}

// foreignNames counts the refusals of a list for names of other rows in cells.
func foreignNames(t *testing.T, g grid) (n int) {
	t.Helper()
	for _, r := range judgeAll(t, open(t, g.String(), Options{AddressColumn: "email"}), Use{}).Refusals {
		if r.Rule == rule.ForeignInCell {
			n++
		}
	}
	return n
}

func TestHeadingsOfWholeNames(t *testing.T) {
	for heading := range strings.SplitSeq("Name|Student Name|Patient Name|Parent Name|Your Name|Owner|Name (first last)|First and last name|Who|Attendee|Nom du patient|Nombre del alumno|x|Kursteilnehmer", "|") {
		g := planted(heading, "ask FIRST", func(first, last string) []string { return []string{first + " " + last} })
		if foreignNames(t, g) != 1 {
			t.Errorf("%s: a name of another row was not found", heading)
		}
		if len(misalignments(t, g.shift(11, 31, 1, 0), Use{})) == 0 {
			t.Errorf("%s: a shift was not found", heading)
		}
	}
}

func TestHeadingsOfNamesInTwoColumns(t *testing.T) {
	both := func(first, last string) []string { return []string{first, last} }
	for headings := range strings.SplitSeq("First Name,Last Name|Vorname,Name|Prénom,Nom|Voornaam,Naam|Parent First,Parent Last|First Name (legal),Last Name (legal)|Forename(s),Surname|"+
		"Prénom du parent,Nom du parent|Billing first,Billing last", "|") {
		for _, text := range []string{"ask FIRST LAST", "ask LAST, FIRST"} {
			if foreignNames(t, planted(headings, text, both)) != 1 {
				t.Errorf("%s: %s was not found", headings, text)
			}
		}
	}
	if g := planted("Vorname,Name", "ask LAST", func(first, last string) []string { return []string{first, first + " " + last} }); foreignNames(t, g) != 1 {
		t.Error("a whole name beside the first one was not found")
	}
}

func TestOneColumnInOtherOrder(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"Bob Miller", "Miller, Bob"}, {"Bob Miller", "Miller Bob"}, {"Miller, Bob", "Bob Miller"}, {"Bob Lee Miller", "Miller, Bob Lee"},
	} {
		g := grid{{"email", "name", "note"}, {"a@x.example", "Ann Ray", "ask " + tc.text}, {"b@x.example", tc.name, ""}}
		if foreignNames(t, g) != 1 {
			t.Errorf("%s as %s was not found", tc.name, tc.text)
		}
		g[1][2] = "ask Bob Lee"
		if foreignNames(t, g) != 0 {
			t.Errorf("%s: part of a name was taken for it", tc.name)
		}
	}
}

func TestMiddleNames(t *testing.T) {
	for text, want := range map[string]int{
		"ask Kim Lou Cole": 1, "ask Kim L. Cole": 1, "ask Kim X. Cole": 0, "ask Pat Lou Page": 0, "ask Lou Cole": 0,
	} {
		g := grid{{"email", "Parent First", "Parent Last", "Child First", "Child Middle", "Child Last", "note"},
			{"a@x.example", "Ann", "Ray", "Ada", "Ida", "Roy", text}, {"b@x.example", "Pat", "Page", "Kim", "Lou", "Cole", ""}}
		if got := foreignNames(t, g); got != want {
			t.Errorf("%s: found %d times, want %d", text, got, want)
		}
	}
}

// A name that the list parts with one column of text is found as it stands there.
func TestNamesAsListed(t *testing.T) {
	for _, tc := range []struct {
		headings, row, text string
		want                int
	}{
		{"first,town,last", "Kim|Bad Homburg|Cole", "Kim;Bad Homburg;Cole", 1},
		{"first,town,last", "Kim|Bad Homburg|Cole", "Kim;Berlin;Cole", 0},
		{"first,town,last", "Kim|Bad Homburg|Cole", "Cole;Bad Homburg;Kim", 0},
		{"first,town,last", "Kim|Bad Homburg|Cole", "Kim;Bad Homburg", 0},
		{"first,town,last", "Kim||Cole", "Kim;;Cole", 1},
		{"first,town,last", "Kim|Homburg, in the old mill|Cole", "Kim;Homburg, in the old mill;Cole", 0},
		{"first,page,last", "Kim|https://x.example/a/b/c|Cole", "Kim;https://x.example/a/b/c;Cole", 0},
		{"first,town,last", "Kim|Bad Homburg|", "Kim;Bad Homburg;", 0},
		{"last,town,first", "Cole|Bad Homburg|Kim", "Cole;Bad Homburg;Kim", 1},
		{"last name,middle name,first name", "Cole|Lou|Kim", "Cole;Lou;Kim", 1},
		{"first,street,town,last", "Kim|Mill Lane|Homburg|Cole", "Kim;Mill Lane;Homburg;Cole", 0},
	} {
		row := strings.Split(tc.row, "|")
		ann := append([]string{"a@x.example"}, make([]string, len(row))...)
		g := grid{append(append([]string{"email"}, strings.Split(tc.headings, ",")...), "note"),
			append(ann, tc.text), append(append([]string{"b@x.example"}, row...), "")}
		if got := foreignNames(t, g); got != tc.want {
			t.Errorf("%s, %s: %s is found %d times, want %d", tc.headings, tc.row, tc.text, got, tc.want)
		}
	}
}

// It makes the index larger where a list has such a column, and nowhere else.
func TestNamesAsListedInIndex(t *testing.T) {
	const addresses, names = 2 * 4, 2 * 2 // with their hashes, and in both orders
	for list, want := range map[string]int{
		"email,first,last,town\na@x.example,Annette,Ray,Berlin\nb@x.example,Bobby,Lee,Bonn\n": addresses + names,
		"email,first,town,last\na@x.example,Annette,Berlin,Ray\nb@x.example,Bobby,Bonn,Lee\n": addresses + names + 2,
	} {
		if got := judgeAll(t, open(t, list, Options{}), Use{}).Index.Len(); got != want {
			t.Errorf("%d identifiers, want %d:\n%s", got, want, list)
		}
	}
}

func TestTwoPairsOfNames(t *testing.T) {
	g := planted("Parent First,Child Last,Child First,Parent Last", "", func(first, last string) []string {
		return []string{first, "Lu" + last, "Lu" + first, last}
	})
	for _, name := range []string{g[3][1] + " " + g[3][4], g[3][3] + " " + g[3][2]} {
		if g[1][5] = "ask " + name; foreignNames(t, g) != 1 {
			t.Error("one of two was not found")
		}
	}
	g[1][5] = "ask " + g[3][1] + " " + g[3][2] // nobody's first and last name together
	if foreignNames(t, g) != 0 {
		t.Error("names of two people were taken for one")
	}
}

func TestWhatIsNoName(t *testing.T) {
	for _, tc := range []struct{ heading, cell string }{
		{"City", "Ember"}, {"x", "Saint Ember"}, {"Company name", "Ember Works"}, {"Product Name", "Rose Garden"}, {"Team name", "Running Wolves"},
		{"Salutation", "Dear Ms Ray"}, {"Street", "High Street"}, {"File name", "Annual Report"}, {"School name", "Saint Ember"}, {"User name", "Ember Works"},
		{"Manager name", "Ann Ember"}, {"First choice", "Pizza Calzone"}, {"Emergency contact name", "Ann Ember"},
	} {
		g := grid{{"email", tc.heading, "Last choice"}}.people(40, func(first, last string) []string {
			return []string{first + "." + last + "@x.example", tc.cell + " " + last[:3], "Red"}
		}).each(func(i int, row []string) { row[1] = fmt.Sprintf("%s %c%c", tc.cell, 'A'+i%26, 'A'+i/26) })
		l := open(t, g.String(), Options{})
		if l.guesses[1].kind != KindText {
			t.Errorf("%s: taken for %s", tc.heading, l.guesses[1].kind)
		}
	}
}

func TestThirdPersonOfManyRows(t *testing.T) {
	g := planted("Patient Name,Consultant", "", func(first, last string) []string { return []string{first + " " + last, ""} })
	g = append(g, g[1:]...)
	g.each(func(i int, row []string) {
		g[1+i] = []string{fmt.Sprintf("%d%s", i, row[0]), row[1], "", ""}
		if i > 1 {
			g[1+i][2] = "Dr " + g[1+i%2][1]
		}
	})
	if n := foreignNames(t, g); n != 0 {
		t.Errorf("%d cells with a doctor who is a patient too, of whom each has many rows, were refused", n)
	}
	g.each(func(i int, row []string) {
		if row[2] = ""; i%10 == 2 {
			row[2] = "Dr " + g[1][1]
		}
	})
	if foreignNames(t, g) == 0 {
		t.Error("the name of a patient on a few other rows was not refused")
	}
}

func TestGreetingsAreNoNames(t *testing.T) {
	for _, heading := range []string{"x", "Salutation", "Briefanrede"} {
		g := planted(heading, "", func(first, last string) []string { return []string{"Dear " + first + " " + last} })
		if l := open(t, g.String(), Options{}); l.guesses[1].kind != KindText {
			t.Errorf("%s: taken for %s", heading, l.guesses[1].kind)
		}
	}
	g := planted("x", "", func(first, last string) []string { return []string{first + " " + last} })
	if l := open(t, g.String(), Options{}); l.guesses[1] != (guess{kind: KindName, why: "data"}) {
		t.Errorf("got %+v", l.guesses[1])
	}
	g.each(func(i int, row []string) { row[0] = fmt.Sprintf("coolcat%d@x.example", i) })
	if l := open(t, g.String(), Options{}); l.guesses[1].kind != KindText {
		t.Error("names that no address shows, under a heading that says nothing, may be companies")
	}
}

func TestManagersBesideTheirAddressesStayText(t *testing.T) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, row := range (grid{{"Email", "Boss", "Boss mail"}}).people(40, func(first, last string) []string {
		boss := strings.ToUpper(last[:1]) + last[1:] + " Ray"
		return []string{first + "@x.example", boss, last + ".ray@x.example"}
	}) {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if l := open(t, b.String(), Options{AddressColumn: "Email"}); l.guesses[1].kind != KindText {
		t.Error("the name that another address shows is another's")
	}
}
