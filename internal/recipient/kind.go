package recipient

import (
	"slices"
	"strings"
)

// guess is what a column was taken for.
type guess struct {
	kind   Kind
	why    string
	tokens bool // its cells are long, random and nearly all different
}

// guessKinds says what each column holds, by its heading and by a sample of
// its cells.
func guessKinds(columns []Column, profiles []profile) []guess {
	guesses := make([]guess, len(columns))
	for i, c := range columns {
		guesses[i] = guessKind(c.Name, &profiles[i])
	}
	return guesses
}

func guessKind(name string, p *profile) guess {
	tokens := p.most(p.tokens) && p.most(len(p.different))
	switch {
	case p.most(p.addresses):
		return guess{kind: KindAddress, why: "data"}
	case isFirstName(name), isLastName(name), isFullName(name):
		return guess{kind: KindName, why: "heading"}
	case tokens:
		return guess{kind: KindIdentifier, why: "data", tokens: true}
	case p.most(p.identifying) && numbersPeople(name):
		return guess{kind: KindIdentifier, why: "heading and data"}
	}
	return guess{kind: KindText, why: "no sign of a person"}
}

func isFirstName(name string) bool {
	return slices.Contains([]string{"first_name", "firstname", "first", "given_name", "givenname", "given", "given_names", "forename",
		"vorname", "prenom", "prénom", "nombre", "nome", "voornaam", "fornamn", "fornavn", "etunimi", "imię", "imie", "jméno", "имя", "名"}, name)
}

func isLastName(name string) bool {
	return slices.Contains([]string{"last_name", "lastname", "last", "surname", "family_name", "familyname", "family", "nachname",
		"familienname", "zuname", "nom", "nom_de_famille", "apellido", "apellidos", "cognome", "sobrenome", "apelido", "achternaam",
		"efternamn", "etternavn", "efternavn", "sukunimi", "nazwisko", "příjmení", "фамилия", "姓"}, name)
}

func isFullName(name string) bool {
	return slices.Contains([]string{"name", "full_name", "fullname", "contact", "contact_name", "contact_person", "customer", "customer_name",
		"client", "client_name", "member", "member_name", "display_name", "recipient", "recipient_name", "to_name", "person", "employee",
		"employee_name", "ansprechpartner", "kunde", "kundenname", "nom_complet", "nombre_completo", "nome_completo", "naam", "navn",
		"姓名", "氏名"}, name)
}

// numbersPeople says whether a heading is one under which people are counted
// off: account, order, phone and their like. A postal code counts places.
func numbersPeople(name string) bool {
	words := strings.Split(name, "_")
	isOf := func(list ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	if isOf("zip", "zipcode", "postal", "post", "postcode", "plz", "postleitzahl", "country", "area", "house", "street", "date", "amount", "price", "year") {
		return false
	}
	if isOf("id", "no", "nr", "num", "number", "account", "acct", "order", "customer", "client", "member", "membership", "phone", "telephone",
		"tel", "mobile", "cell", "cellphone", "fax", "token", "key", "code", "iban", "policy", "invoice", "ticket", "passport", "ssn", "vat",
		"license", "licence", "ref", "reference", "contract", "case", "booking", "serial", "uid", "uuid", "guid", "konto", "telefon",
		"handy", "mobil", "téléphone", "teléfono", "móvil", "telefono", "cellulare") {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasSuffix(w, "nummer") || strings.HasSuffix(w, "nr") || strings.HasSuffix(w, "id") && len(w) > 4
	})
}
