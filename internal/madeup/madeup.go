// Package madeup makes recipient lists and a template for tests and
// benchmarks: people who do not exist, at domains that cannot (RFC 2606), the
// same ones every time. It is imported by tests only.
package madeup

import (
	"bufio"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Notice is a campaign's template: HTML with a text alternative, 5 KB as a
// finished message.
//
//go:embed notice.html
var Notice string

// Headings are the columns of a list.
var Headings = []string{"email", "first_name", "last_name", "account", "city", "balance"}

// script is one writing system's share of the names.
type script struct{ first, last []string }

// Names are put together from these, so that most full names are of one person.
var scripts = []script{
	{words("Anna Ben Clara David Emma Felix Grace Henry Ida Jakob Karla Leo Mia Nora Oskar Paula"), syllables("Ber Hal Kor Lin Mar Nor Ost Ral Sand Tor Win Zell", "a be de li mo ner sen ti", "berg feld gren hoff man ski son stad wick")},
	{words("Zoë François Jürgen Søren Åsa Łucja Çelik Ñusta"), syllables("Brü Čer Dvoř Gæ Kö Mül Schö Žá", "če dö lé mü ně rø", "ák čík ler mann něk ström")},
	{words("Ελένη Γιώργος Μαρία Νίκος"), syllables("Αλε Βασι Δημη Κωνστ", "λο μα νο πο", "πουλος ίδης άκης")},
	{words("Анна Борис Вера Глеб Дарья Егор"), syllables("Бело Воро Гри Куз Лебе Мед", "ве го де не ри", "дев нов рова ский")},
	{words("محمد فاطمة يوسف ليلى"), syllables("ال بن أبو", "حس خل سل كر", "ان يم ير ام")},
	{words("דוד שרה יוסף רחל"), syllables("בר גול כה לו", "ב ד ל נ", "מן שטיין רי ץ")},
	{words("伟 芳 敏 静 磊 洋"), syllables("王 李 张 刘 陈 杨", "", "")},
	{words("さくら 健太 美咲 大輔"), syllables("佐 田 中 山 高", "々 上 村 口", "木 藤 野 橋")},
	{words("민준 서연 지훈 하은"), syllables("김 이 박 최 정", "", "")},
	{words("อนันต์ มาลี สมชาย"), syllables("จันทร์ ศรี ทอง", "ดี สุข พง", "ศ์ กุล ชัย")},
	{words("आरव दिया रोहन मीरा"), syllables("शर् वर् गुप्", "मा ता ल", "वाल कर जी")},
}

func words(s string) []string { return strings.Fields(s) }

// syllables joins each of three sets; an empty set is left out.
func syllables(a, b, c string) []string {
	var all []string
	for _, x := range words(a) {
		for _, y := range strings.Split(b, " ") {
			for _, z := range strings.Split(c, " ") {
				all = append(all, x+y+z)
			}
		}
	}
	return all
}

var cities = words("Aarhus Basel Cork Dresden Évora Florence Ghent Haarlem Iași Jena Kraków Lyon")

// Row makes the n-th person, in the order of Headings.
func Row(n int) []string {
	r := rand.New(rand.NewPCG(uint64(n), 2606))
	s := scripts[0]
	if r.IntN(3) == 0 {
		s = scripts[r.IntN(len(scripts))]
	}
	first, last := s.first[r.IntN(len(s.first))], s.last[r.IntN(len(s.last))]
	return []string{
		email(r, n, first, last), first, last,
		fmt.Sprintf("KX-%07d", n*7654321%1e7), // prime to ten million: no two alike
		cities[r.IntN(len(cities))],
		fmt.Sprintf("%d.%02d", r.IntN(20000), r.IntN(100)),
	}
}

// email gives the n-th person's address: one in 40 has a domain, and one in 50
// a local part, beyond ASCII.
func email(r *rand.Rand, n int, first, last string) string {
	local, domain := fmt.Sprintf("member%d", n), fmt.Sprintf("mail%d.example", r.IntN(500))
	if ascii(first + last) {
		local = fmt.Sprintf("%s.%s%d", strings.ToLower(first), strings.ToLower(last), n)
	}
	if n%40 == 39 {
		domain = fmt.Sprintf("bücher%d.example", r.IntN(20))
	}
	if n%50 == 49 {
		local = fmt.Sprintf("jürgen%d", n)
	}
	return local + "@" + domain
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

// Write writes a list of so many rows as CSV.
func Write(w io.Writer, rows int) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write(Headings); err != nil {
		return err
	}
	for n := range rows {
		if err := out.Write(Row(n)); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// Campaign writes a list of so many rows and Notice into a folder of t's, and
// gives their paths.
func Campaign(t testing.TB, rows int) (template, list string) {
	t.Helper()
	dir := t.TempDir()
	template, list = filepath.Join(dir, "notice.html"), filepath.Join(dir, "people.csv")
	if err := os.WriteFile(template, []byte(Notice), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(list)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Write(f, rows); err != nil {
		t.Fatal(err)
	}
	return template, list
}
