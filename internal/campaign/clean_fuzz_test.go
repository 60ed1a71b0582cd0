package campaign

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/madeup"
	"mailshot/internal/rule"
)

// A tongue is what people of one language have in their lists, and what is
// written to them. Fields of the row stand in %s for the names of the columns.
type tongue struct {
	headings                   []string // email, first, last, salutation, company, account, phone, street, city, since, balance, remark, token
	first, last, firms, cities []string
	salutations, remarks       []string
	dear                       string // before the name
	lines                      []string
	bye                        string
}

func words(s string) []string { return strings.Fields(s) }

var tongues = []tongue{
	{
		headings: words("email first_name last_name salutation company account phone street city member_since balance remark token"),
		first: words("James Mary John Linda Robert Susan David Karen Thomas Nancy Daniel Lisa Paul Betty Mark Sandra Jordan Taylor Sydney Austin Grace Hope Faith " +
			"Will Mark Rose Dean April May June Rob Art"),
		last: words("Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Thomas Taylor Moore Jackson Martin Lee White Harris Clark Lewis Young Hall " +
			"King Scott Green Baker Adams Nelson Hill Campbell Paris London Austin Lincoln Washington Dean Page Case Price Rich Friday May O'Brien Smith-Jones"),
		firms:       []string{"Baker & Sons Ltd", "Green Hill Farm", "Lincoln Motors", "Young Clark LLP", "Northern Rail", "Acme", "King Street Books", "Brown's Bakery", "First National Bank"},
		cities:      []string{"London", "Lincoln", "Washington", "Austin", "Leeds", "York", "Jackson", "Paris", "New York", "St. Albans"},
		salutations: []string{"Mr", "Ms", "Mrs", "Dr", "Prof. Dr", ""},
		remarks: []string{"prefers to be called in the morning", "met at the fair, asked for the price list", "VIP", "has 2 dogs; see you at noon", "paid 12,345.00 on 3 May 2024", "-", "n/a",
			"moved to King Street in June", "call back at 10:30", "wants no phone calls (GDPR)", "10% discount until 31/12/2026", "size 42, colour #c0ffee", "Thanks!"},
		dear:  "Dear",
		lines: []string{"your order will arrive on Friday, 12 June 2026 at 10:30.", "Please mark the date and call us at any time. Ask for Mr. King. Grace will help: she is in \"Lincoln\". Hope is not.", "We have 20 years of experience and more than 10,000 customers.", "Total: USD 1,234.50 (incl. 19% VAT).", "Will you join us in Paris or London? Rose and Grace will be there."},
		bye:   "Best wishes",
	},
	{
		headings:    words("E-Mail Vorname Nachname Anrede Firma Kundennummer Telefon Straße Ort Mitglied_seit Kontostand Bemerkung Token"),
		first:       words("Anna Peter Julia Thomas Sabine Michael Ursula Jürgen Mia Ben Emma Paul Käthe Søren Karl-Heinz Anna-Lena Ernst Wolf Rosa Kai Uwe Elif Mehmet Jo"),
		last:        words("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Werner Krause Lehmann König Walter Kaiser Fuchs Peters Lang Jung Hahn Vogel Ernst Thomas Groß Weiß Stein Berlin Köln Yılmaz Müller-Lüdenscheidt"),
		firms:       []string{"Weber GmbH", "Müller & Söhne KG", "Stadtwerke Köln AG", "Klein Elektro e.K.", "Autohaus Fuchs", "Bäckerei König", "Praxis am Markt", "Hahn Logistik", "Volksbank eG"},
		cities:      []string{"Berlin", "Köln", "München", "Bad Homburg", "Frankfurt am Main", "Stein", "Neustadt", "Lange", "St. Ingbert", "Weiden i.d. Opf."},
		salutations: []string{"Herr", "Frau", "Herr Dr.", "Frau Prof. Dr.", "", "Familie"},
		remarks:     []string{"zahlt per Rechnung", "Rückruf am 3.5.2024 um 10 Uhr", "Stammkunde seit 1998", "k.A.", "–", "bitte nicht anrufen!", "1.234,50 € offen", "Lieferung an die Hintertür", "Größe 42", "hat nach Herrn Weber gefragt", "Umzug nach Berlin im Mai"},
		dear:        "Guten Tag",
		lines:       []string{"Ihre Bestellung kommt am Freitag, den 12. Juni 2026, zwischen 10:00 und 12:30 Uhr.", "Bitte überweisen Sie 1.234,50 € bis zum 31.12.2026.", "Klein, aber fein: unser neues Angebot.", "Der Wolf, der König und der Vogel - ein Abend für die ganze Familie in Berlin.", "Ein frohes neues Jahr 2026! Sehen wir uns in Köln? Rosa und Ernst sind da. Oder in „Berlin“? „Rosa“ und Mia auch."},
		bye:         "Mit freundlichen Grüßen",
	},
	{
		headings:    []string{"Courriel", "Prénom", "Nom", "Civilité", "Société", "Numéro client", "Téléphone", "Rue", "Ville", "Depuis", "Solde", "Remarque", "Token"},
		first:       words("Marie Jean Pierre Nathalie Michel Isabelle Philippe Sylvie Alain Chloé François Zoé Noël Jean-Pierre Marie-Claude Anaïs Martin Paul Camille Claude"),
		last:        []string{"Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon", "Michel", "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel", "Fournier", "Girard", "Blanc", "Noël", "Paris", "de La Tour", "d'Alembert", "Le Goff"},
		firms:       []string{"Dubois et Fils SARL", "Boulangerie Petit", "SNCF", "Garage Moreau", "Blanc Bleu SA", "Mairie de Paris"},
		cities:      []string{"Paris", "Lyon", "Saint-Étienne", "L'Haÿ-les-Roses", "Tours", "Nancy", "Laval"},
		salutations: []string{"M.", "Mme", "Mlle", "Dr", ""},
		remarks:     []string{"à rappeler le 3 mai", "client depuis 2003", "néant", "préfère le matin", "1 234,50 € dus", "voir facture du 12/06/2026", "Noël à Paris"},
		dear:        "Bonjour",
		lines:       []string{"votre commande arrive le vendredi 12 juin 2026 à 10 h 30.", "Un petit cadeau de Noël vous attend.", "Total : 1 234,50 € TTC.", "À bientôt à Paris ou à Lyon ! Vous préférez « Paris » ? « Noël » ! Ou (Blanc) ! Zoé sera à Paris ! Camille aussi."},
		bye:         "Cordialement",
	},
	{
		headings:    words("correo nombre apellidos tratamiento empresa cuenta teléfono calle ciudad desde saldo nota token"),
		first:       []string{"María", "José", "Carmen", "Antonio", "Ana", "Luis", "Ángel", "Rosario", "José Luis", "María José", "Concepción", "Jesús", "Sol", "Luz"},
		last:        []string{"García Pérez", "Martínez", "López Ruiz", "Sánchez", "Gómez", "Fernández de la Vega", "Ruiz", "Díaz Moreno", "Toledo", "Sevilla Cruz", "Blanco", "Rey", "Iglesias", "Núñez"},
		firms:       []string{"Hermanos García S.L.", "Casa Blanco", "Banco de Sevilla", "Rey Motor S.A."},
		cities:      []string{"Madrid", "Sevilla", "Toledo", "Cruz", "San Sebastián"},
		salutations: []string{"Sr.", "Sra.", "D.", "Dña.", ""},
		remarks:     []string{"llamar por la mañana", "cliente desde 2003", "1.234,50 € pendientes", "ninguna", "ver pedido del 12/06/2026", "la luz y el sol"},
		dear:        "Hola",
		lines:       []string{"su pedido llega el viernes 12 de junio de 2026.", "Feliz Navidad y próspero 2026. ¿Nos vemos en Sevilla o en Toledo? Rosario y Sol estarán allí. ¡Toledo! ¡Luz y sol!", "Importe: 1.234,50 €."},
		bye:         "Un saludo",
	},
	{
		headings:    words("e-mail imię nazwisko forma firma nr_klienta telefon ulica miasto od saldo uwagi token"),
		first:       words("Anna Jan Katarzyna Piotr Małgorzata Krzysztof Agnieszka Łukasz Zofia Stanisław"),
		last:        words("Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Król Łódzki"),
		firms:       []string{"Nowak i Synowie", "PKP", "Król Sp. z o.o."},
		cities:      []string{"Łódź", "Kraków", "Zielona Góra", "Warszawa"},
		salutations: []string{"Pan", "Pani", ""},
		remarks:     []string{"proszę dzwonić rano", "klient od 2003", "brak", "1 234,50 zł"},
		dear:        "Dzień dobry",
		lines:       []string{"zamówienie dotrze w piątek 12 czerwca 2026.", "Nowy rok, nowy katalog!"},
		bye:         "Pozdrawiamy",
	},
	{
		headings:    words("почта имя фамилия обращение компания счет телефон улица город с_года сумма заметка token"),
		first:       words("Анна Иван Мария Дмитрий Ольга Сергей Елена Андрей Юлия Лев"),
		last:        words("Иванов Смирнова Кузнецов Попова Соколов Лебедева Козлов Новикова Морозов Волкова Король"),
		firms:       []string{"ООО Север", "Банк Волга", "Иванов и партнёры"},
		cities:      []string{"Москва", "Иваново", "Псков"},
		salutations: []string{"г-н", "г-жа", ""},
		remarks:     []string{"звонить утром", "клиент с 2003 года", "нет", "1 234,50 ₽"},
		dear:        "Здравствуйте",
		lines:       []string{"ваш заказ придёт в пятницу, 12 июня 2026 г.", "Новый год в Москве!"},
		bye:         "С уважением",
	},
	{
		headings:    words("メール 名 姓 敬称 会社 会員番号 電話 住所 市 入会日 残高 備考 token"),
		first:       words("太郎 花子 健太 美咲 大輔 さくら 翔 陽菜"),
		last:        words("佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 林 東"),
		firms:       []string{"山本商店", "東京電気", "株式会社サンプル"},
		cities:      []string{"東京", "大阪", "横浜", "山口"},
		salutations: []string{"様", ""},
		remarks:     []string{"午前中に電話", "なし", "2003年から会員", "12,345円"},
		dear:        "拝啓",
		lines:       []string{"ご注文は2026年6月12日に届きます。", "東京でお会いしましょう。会場は東。太郎と林！さくらも。"},
		bye:         "敬具",
	},
}

// Positions in tongue.headings.
const (
	atEmail = iota
	atFirst
	atLast
	atSalutation
	atFirm
	atAccount
	atPhone
	atStreet
	atCity
	atSince
	atBalance
	atRemark
	atToken
	columnsOfClean
)

// A clean campaign is one in which nobody's data is in another's message: its
// rows are put together from what real lists hold.
type clean struct {
	*madeup.Dice
	tongue
	accountForm, phoneForm, dateForm, tokenForm, localForm int
	rows                                                   [][]string
	emails, accounts                                       map[string]bool
	staff                                                  []string // a row of the list that is the sender's own; nil for none
}

func newClean(input []byte) *clean {
	d := madeup.NewDice(input)
	c := &clean{Dice: d, tongue: madeup.Pick(d, tongues), emails: map[string]bool{}, accounts: map[string]bool{}}
	c.accountForm, c.phoneForm, c.dateForm, c.tokenForm, c.localForm = d.N(6), d.N(4), d.N(5), d.N(4), d.N(6)
	for range 2 + d.N(8)*d.N(12) {
		c.rows = append(c.rows, c.row())
	}
	if staff := madeup.Pick(d, c.rows); staff[atFirst] != "" && d.OneIn(3) {
		c.staff = staff
	}
	return c
}

// row makes somebody whose address and account nobody else has.
func (c *clean) row() []string {
	row := make([]string, columnsOfClean)
	row[atFirst], row[atLast] = madeup.Often(c.Dice, c.first), madeup.Often(c.Dice, c.last)
	row[atEmail] = c.email(row[atFirst], row[atLast])
	row[atSalutation], row[atFirm], row[atCity] = madeup.Pick(c.Dice, c.salutations), madeup.Often(c.Dice, c.firms), madeup.Often(c.Dice, c.cities)
	row[atAccount] = c.account()
	row[atPhone] = c.phone()
	row[atStreet] = fmt.Sprintf("%s %d", madeup.Pick(c.Dice, []string{"Main Street", "High Street", "Am Markt", "Bahnhofstraße", "Rue du Lac", "Calle Mayor"}), 1+c.N(200))
	row[atSince] = c.date()
	row[atBalance] = c.amount()
	row[atRemark] = madeup.Pick(c.Dice, c.remarks)
	row[atToken] = c.token()
	for _, i := range []int{atFirst, atFirm, atPhone, atStreet, atRemark, atBalance} {
		if c.OneIn(20) {
			row[i] = ""
		}
	}
	return row
}

var asciiOnly = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ë", "e", "ï", "i", "ç", "c", "ø", "o", "ł", "l", "ı", "i", "ñ", "n",
	"á", "a", "í", "i", "ó", "o", "ú", "u", "ś", "s", "ń", "n", "ź", "z", "ż", "z", " ", "", "'", "", "É", "e", "Á", "a")

// email gives an address of one of the forms that people and companies use.
func (c *clean) email(first, last string) string {
	f, l := asciiOnly.Replace(strings.ToLower(first)), asciiOnly.Replace(strings.ToLower(last))
	n := len(c.emails)
	if strings.ContainsFunc(f+l, func(r rune) bool { return r > 'z' }) {
		f, l = "user", fmt.Sprint(n)
	}
	local := []string{f + "." + l, f[:1] + "." + l, l, f + l, l + "." + f, f + "_" + l}[c.localForm]
	switch c.N(12) {
	case 0:
		local = fmt.Sprintf("sunny%d", n)
	case 1:
		local = madeup.Pick(c.Dice, words("info office buero contact kontakt sales"))
	case 2:
		local += "+news"
	}
	domain := madeup.Often(c.Dice, words("post.example mail.example firm.example bücher.example a.b.example web-de.example"))
	if c.emails[local+"@"+domain] || c.emails[strings.TrimSuffix(local, "+news")+"@"+domain] {
		local = fmt.Sprintf("%s%d", strings.TrimSuffix(local, "+news"), n)
	}
	c.emails[local+"@"+domain] = true
	if c.OneIn(10) {
		local = strings.ToUpper(local[:1]) + local[1:]
	}
	return local + "@" + domain
}

// account gives a number of the one form that the list has. Colleagues may have
// the account of their company.
func (c *clean) account() string {
	if len(c.rows) > 0 && c.accountForm < 3 && c.OneIn(8) {
		return madeup.Pick(c.Dice, c.rows)[atAccount]
	}
	for {
		n := c.N(1 << 30)
		a := []string{
			fmt.Sprintf("KX-%07d", n%1e7), fmt.Sprintf("%08d", 10000000+n%1e7), fmt.Sprintf("C%06d", n%1e6),
			fmt.Sprintf("2026-%06d", n%1e6), fmt.Sprintf("DE%02d 5001 0517 %04d %04d %02d", n%97, n%9999, n/7%9999, n%99), fmt.Sprintf("%06d", 100000+len(c.accounts)),
		}[c.accountForm]
		if !c.accounts[a] {
			c.accounts[a] = true
			return a
		}
	}
}

func (c *clean) phone() string {
	n := c.N(1 << 30)
	return []string{
		fmt.Sprintf("+49 171 %07d", n%1e7), fmt.Sprintf("0171/%07d", n%1e7),
		fmt.Sprintf("(555) %03d-%04d", n%1000, n/1000%1e4), fmt.Sprintf("+33 6 %02d %02d %02d %02d", n%100, n/100%100, n/1e4%100, n/1e6%100),
	}[c.phoneForm]
}

func (c *clean) date() string {
	day := time.Date(1970+c.N(56), time.Month(1+c.N(12)), 1+c.N(28), c.N(24), c.N(60), 0, 0, time.UTC)
	return day.Format([]string{"2006-01-02", "02.01.2006", "01/02/2006", "2 January 2006", "2006-01-02T15:04:05Z"}[c.dateForm])
}

func (c *clean) amount() string {
	n := c.N(2000000)
	return madeup.Pick(c.Dice, []string{fmt.Sprintf("%d.%02d", n/100, n%100), fmt.Sprintf("%d,%02d €", n/100, n%100), fmt.Sprintf("%d", n%10000), fmt.Sprintf("%d,%03d.00", 1+n%99, n%1000)})
}

func (c *clean) token() string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = byte(c.N(1 << 20))
	}
	x := hex.EncodeToString(b)
	return []string{x, x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:], strings.ToUpper(x[:12]), x[:22] + "_Zq"}[c.tokenForm]
}

// list writes the rows in one of the formats of spreadsheets.
func (c *clean) list() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = madeup.Pick(c.Dice, []rune(",;\t"))
	w.UseCRLF = c.OneIn(2)
	w.Write(c.headings)
	w.WriteAll(c.rows)
	if c.OneIn(4) {
		return append([]byte("\uFEFF"), b.Bytes()...)
	}
	return b.Bytes()
}

// field prints a column, with something for an empty cell.
func (c *clean) field(i int) string {
	return "{{ ." + strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(c.headings[i])) + ` | default "-" }}`
}

func (c *clean) name() string { return c.field(atFirst) + " " + c.field(atLast) }

// template writes what is sent to the rows, and gives the ending of its file.
func (c *clean) template() (text, ending string) {
	ending = madeup.Pick(c.Dice, words("txt html md"))
	var b strings.Builder
	b.WriteString("---\n" + c.front(ending) + "---\n")
	for _, p := range c.paragraphs() {
		switch {
		case ending == "html" && c.OneIn(4):
			p = "<table><tr><td>" + strings.ReplaceAll(p, "\n", "</td><td>") + "</td></tr></table>\n"
		case ending == "html":
			p = "<p>" + strings.ReplaceAll(p, "\n", "<br>\n") + "</p>\n"
		}
		if ending == "md" {
			p = strings.ReplaceAll(p, "\n", "  \n") // where a line ends, not where the source breaks
		}
		b.WriteString(p + "\n\n")
	}
	return b.String(), ending
}

func (c *clean) front(ending string) string {
	from := "Desk <desk@sender.example>"
	if c.staff != nil && c.OneIn(2) {
		from = c.signatory() + " <" + c.staff[atEmail] + ">"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "from: %q\nsubject: %q\n", from, madeup.Pick(c.Dice, []string{"News 2026", c.field(atFirst) + ", " + c.lines[0], "Re: " + c.field(atAccount), c.name()}))
	if c.staff != nil {
		fmt.Fprintf(&b, "identities: [%q]\n", c.staff[atEmail])
	}
	for _, key := range []string{
		fmt.Sprintf("to-name: %q", c.name()),
		fmt.Sprintf("list-unsubscribe: %q", "https://sender.example/u/{{ .token }}"),
		`headers: {X-Campaign: "spring-2026", Precedence: bulk, Auto-Submitted: auto-generated}`,
		`reply-to: "answers@sender.example"`,
		"attachments: [leaflet.txt, \"own/{{ .token }}.txt\"]",
	} {
		if c.OneIn(2) {
			b.WriteString(key + "\n")
		}
	}
	if ending != "txt" && c.OneIn(2) {
		fmt.Fprintf(&b, "preheader: %q\n", c.field(atFirst)+": "+madeup.Pick(c.Dice, c.lines))
	}
	return b.String()
}

// signatory is the name of whoever signs.
func (c *clean) signatory() string { return c.staff[atFirst] + " " + c.staff[atLast] }

func (c *clean) paragraphs() []string {
	all := []string{
		c.dear + " " + c.name() + ",",
		c.field(atFirm) + "\n" + c.name() + "\n" + c.field(atStreet) + "\n" + c.field(atCity),
		c.name() + "\n" + c.field(atStreet) + "\n" + c.field(atCity),
		c.dear + " " + c.field(atSalutation) + " " + c.field(atLast) + ",",
		c.dear + " " + c.name() + ",",
		c.dear + " " + c.field(atFirst) + "!",
		madeup.Pick(c.Dice, c.lines),
		madeup.Pick(c.Dice, c.lines) + " " + c.field(atRemark),
		"No. " + c.field(atAccount) + "\n" + c.field(atBalance) + "\n" + c.field(atSince),
		c.headings[atPhone] + ": " + c.field(atPhone) + ", " + c.field(atEmail),
		"https://sender.example/login?email={{ ." + strings.ReplaceAll(strings.ToLower(c.headings[atEmail]), "-", "_") + " | urlquery }}&t={{ .token }}",
		c.field(atRemark),
		c.bye + "\n" + madeup.Pick(c.Dice, []string{"Desk", "The Desk, Main Street 1, 12345 Springfield", "Sender Ltd, VAT DE123456789, tel. +49 30 1234567"}),
	}
	if c.staff != nil {
		all = append(all, c.bye+"\n"+c.signatory()+"\n"+c.staff[atEmail])
	}
	kept := all[:1]
	for _, p := range all[1:] {
		if c.OneIn(2) {
			kept = append(kept, p)
		}
	}
	return kept
}

// write puts the campaign into dir and gives what is to be loaded.
func (c *clean) write(dir string) (Input, error) {
	text, ending := c.template()
	in := Input{Template: filepath.Join(dir, "notice."+ending), List: filepath.Join(dir, "people.csv"), Date: time.Unix(1<<30, 0)}
	files := map[string][]byte{in.Template: []byte(text), in.List: c.list(), filepath.Join(dir, "leaflet.txt"): []byte(strings.Join(c.lines, "\n"))}
	if strings.Contains(text, "own/") {
		if err := os.Mkdir(filepath.Join(dir, "own"), 0o700); err != nil {
			return in, err
		}
		for _, row := range c.rows {
			files[filepath.Join(dir, "own", row[atToken]+".txt")] = []byte(strings.Join(row, "\n"))
		}
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return in, err
		}
	}
	return in, nil
}

// FuzzClean makes campaigns in which nobody's data is in another's message, and
// demands that they are clear.
func FuzzClean(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(binary.BigEndian.AppendUint64(nil, seed*0x9E3779B97F4A7C15))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		in, err := newClean(input).write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if refused := refusedOf(t, in); len(refused) > 0 {
			t.Errorf("%d refusals, the first: %v\n%s", len(refused), refused[0], shown(t, in, refused[0]))
		}
	})
}

// refusedOf checks a campaign and gives what is refused.
func refusedOf(t *testing.T, in Input) []rule.Refusal {
	t.Helper()
	c, err := Load(t.Context(), in)
	if refused, ok := errors.AsType[rule.Refused](err); ok {
		return refused
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, shown(t, in, rule.Refusal{}))
	}
	defer c.Close()
	return judge(t, c).Refusals
}

// shown gives the template and the rows that a refusal speaks of.
func shown(t *testing.T, in Input, r rule.Refusal) string {
	t.Helper()
	text, err := os.ReadFile(in.Template)
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(in.List)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(list), "\n")
	for _, n := range []int{1, r.Line, r.OtherLine} {
		if n > 0 && n <= len(lines) {
			text = append(text, fmt.Sprintf("line %d: %s\n", n, lines[n-1])...)
		}
	}
	return string(text)
}
