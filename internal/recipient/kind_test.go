package recipient

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
)

// kindOf gives what a column of thirty cells under heading is taken for.
func kindOf(heading string, cell func(i int) string) Kind {
	p := newProfile()
	seed := maphash.MakeSeed()
	for i := range 30 {
		p.add(seed, cell(i))
	}
	return guessKind(headingOf(Column{Heading: heading}), &p).kind
}

// number gives seven digits, another for each i.
func number(i int) string { return fmt.Sprintf("%07d", (i+1)*7654321%1e7) }

// voucher gives a code, another for each i.
func voucher(i int) string { return fmt.Sprintf("KX-7703-ZQ%03d", i) }

func TestHeadingsOfNumbers(t *testing.T) {
	for heading := range strings.SplitSeq("ID|Account|account_no|Customer Number|customerId|CustomerID|Order #|order id|Phone|Mobile phone|Cell|Fax No.|"+
		"Member ID|Membership|Invoice no|Policy|Case reference|Booking|SSN|VAT number|customer|"+
		"Konto|Kontonummer|Kundennummer|Kd.-Nr.|KdNr|Bestellnummer|Mitgliedsnummer|Telefon|Handy|Rufnummer|Vertragsnr.|Kunde|Aktenzeichen|"+
		"Numéro de client|N° de compte|Téléphone|Portable|N° commande|Numéro d'adhérent|"+
		"Número de cuenta|Teléfono|Móvil|Pedido|DNI|Numero cliente|Telefono|Cellulare|Ordine|"+
		"Telemóvel|Encomenda|CPF|Klantnummer|Rekening|Telefoon|Bestelling|Kundnummer|Medlemsnummer|Personnummer|Puhelin|Asiakasnumero|Tilausnumero|"+
		"Numer klienta|Telefon komórkowy|Zamówienie|PESEL|Číslo účtu|Číslo zákazníka|Objednávka|Ügyfélszám|Rendelés|Müşteri no|Sipariş|"+
		"Номер телефона|Мобильный|Заказ|Номер договора|Τηλέφωνο|Αριθμός λογαριασμού|טלפון|رقم|电话|手机号|電話番号|会員番号|전화번호|주문번호", "|") {
		if got := kindOf(heading, number); got != KindIdentifier {
			t.Errorf("%s: got %s", heading, got)
		}
	}
}

func TestHeadingsOfOtherNumbers(t *testing.T) {
	for heading := range strings.SplitSeq("ZIP|Zip code|Postcode|Postal code|Country code|House number|Order date|Order total|Account balance|Customer since|Product code|"+
		"Item number|Article No.|Employee count|Voucher code|Campaign id|Amount paid|Population|Salary|"+
		"PLZ|Postleitzahl|Hausnummer|Artikelnummer|Bankleitzahl|BLZ|Kontostand|Bestelldatum|Gutscheincode|Filiale Nr.|"+
		"Code postal|CP|Montant commande|Código postal|Importe pedido|CAP|Codice postale|CEP|Huisnummer|Postnummer|Postinumero|Kod pocztowy|PSČ|Irányítószám|"+
		"Почтовый индекс|Сумма заказа|邮编|郵便番号|우편번호", "|") {
		if got := kindOf(heading, number); got != KindText {
			t.Errorf("%s: got %s", heading, got)
		}
	}
}

func TestHeadingsOfNames(t *testing.T) {
	for heading := range strings.SplitSeq("First Name|FirstName|first-name|Given names|Surname|Billing First Name|Full name|Contact|Customer|Vorname|Nachname|Kunde|Vor- und Nachname|"+
		"Prénom|Nom|NOM DE FAMILLE|Nom complet|Nombre|Apellidos|Nombre completo|Nome|Cognome|Sobrenome|Voornaam|Achternaam|Förnamn|Efternamn|Fornavn|Etternavn|"+
		"Etunimi|Sukunimi|Imię|Nazwisko|Jméno|Příjmení|Keresztnév|Vezetéknév|Ad|Soyadı|Имя|Фамилия|ФИО|Όνομα|Επώνυμο|שם פרטי|姓名|氏名|이름", "|") {
		if got := kindOf(heading, func(i int) string { return []string{"Ann", "Bob", "Cy"}[i%3] }); got != KindName {
			t.Errorf("%s: got %s", heading, got)
		}
	}
}

func TestKindsByData(t *testing.T) {
	for _, tc := range []struct {
		name, heading string
		cell          func(i int) string
		want          Kind
	}{
		{"codes under any heading", "x", func(i int) string { return "KX-" + number(i) }, KindIdentifier},
		{"phones under any heading", "x", func(i int) string { return "+49 170 " + number(i) }, KindIdentifier},
		{"links with a token", "x", func(i int) string { return "https://x.example/u?t=ab" + number(i) + number(i+1) }, KindIdentifier},
		{"UUIDs", "x", func(i int) string { return "6ba7b810-9dad-11d1-80b4-00c0" + number(i) + "a" }, KindIdentifier},
		{"booking references", "Booking", func(i int) string { return "X7KQ" + string(rune('A'+i%26)) + string(rune('A'+i/26)) }, KindIdentifier},
		{"tokens in letters", "Unsubscribe token", func(i int) string { return "qwxkjvbz" + string(rune('a'+i%26)) + string(rune('a'+i/26)) }, KindIdentifier},
		{"vouchers", "Voucher", voucher, KindIdentifier},
		{"coupons", "Coupon code", voucher, KindIdentifier},
		{"Gutscheine", "Gutschein", voucher, KindIdentifier},
		{"codes", "Code", voucher, KindIdentifier},
		{"tickets", "Ticket", voucher, KindIdentifier},
		{"QR codes", "QR", voucher, KindIdentifier},
		{"a voucher for all", "Voucher", func(int) string { return "KX-7703-ZQ037" }, KindText},
		{"product codes", "Product code", voucher, KindText},
		{"codes for colours in words", "Code", func(i int) string { return "Blue" + string(rune('a'+i)) }, KindText},
		{"one link for all", "link", func(i int) string { return "https://x.example/2026/sale-4711-0815" }, KindText},
		{"amounts", "x", func(i int) string { return number(i)[:4] + ".50" }, KindText},
		{"whole amounts", "x", number, KindText},
		{"amounts in euros", "Order", func(i int) string { return "EUR " + number(i) }, KindText},
		{"dates", "ID", func(i int) string { return fmt.Sprintf("2026-01-%02d", i+1) }, KindText},
		{"times", "x", func(i int) string { return fmt.Sprintf("2026-01-%02dT10:11:12Z", i+1) }, KindText},
		{"packed times", "created_at", func(i int) string { return fmt.Sprintf("202601%02dT101112Z", i+1) }, KindText},
		{"postcodes", "x", func(i int) string { return "D-" + number(i)[:5] }, KindText},
		{"British postcodes", "x", func(i int) string { return fmt.Sprintf("SW%d %dAA", i, i%10) }, KindText},
		{"years", "Number", func(i int) string { return fmt.Sprint(1950 + i) }, KindText},
		{"cities", "x", func(i int) string { return []string{"New York", "Rome", "Oslo"}[i%3] }, KindText},
		{"companies", "Client company", func(i int) string { return []string{"Lee & Sons", "Acme 3000 Ltd"}[i%2] }, KindText},
		{"salutations", "x", func(i int) string { return []string{"Dear Mr Lee", "Dear Ms Ray"}[i%2] }, KindText},
		{"products that are ordered", "Order", func(i int) string { return []string{"Pizza Margherita", "Calzone 4 Stagioni"}[i%2] }, KindText},
		{"product numbers that many share", "Order", func(i int) string { return number(i % 3) }, KindText},
		{"numbers under a heading of names", "Contact", number, KindText},
		{"kinds of tickets", "Ticket", func(i int) string { return []string{"Regular", "Student"}[i%2] }, KindText},
		{"free text", "note", func(i int) string { return "called on day " + number(i) + " and asked for a form to be sent by mail" }, KindText},
		{"free text under a heading of numbers", "Case", func(i int) string { return "called us on " + number(i) + " and asked for the form" }, KindText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := kindOf(tc.heading, tc.cell); got != tc.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
