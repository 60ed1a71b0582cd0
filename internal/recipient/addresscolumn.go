package recipient

import (
	"slices"
	"strings"

	"mailshot/internal/rule"
)

// findAddressColumn finds the one column that holds the recipients' addresses,
// by what the cells hold; where no cell holds any, by the headings, so that
// each row can be refused by its line.
func (l *List) findAddressColumn(profiles []profile, line int) (int, error) {
	if l.options.AddressColumn != "" {
		return l.declaredAddressColumn()
	}
	var found []int
	for i := range profiles {
		if profiles[i].most(profiles[i].addresses) {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		found = l.headedAddress()
	}
	found = l.withoutRemarks(found, profiles)
	if len(found) == 1 {
		return found[0], nil
	}
	refusal := rule.Refusal{Rule: rule.AddressColumn, File: l.source.name, Line: line,
		What: "several columns hold addresses",
		Hint: "name the one to send to: --address-column NAME"}
	switch {
	case len(found) == 0 && len(l.columns) == 1:
		refusal.What, refusal.Hint = "no column holds addresses", hintTitle
	case len(found) == 0:
		refusal.What = "no column holds addresses"
		refusal.Hint = "add a column of addresses, or name the one to send to: --address-column NAME"
	}
	return 0, rule.Refused{refusal}
}

// withoutRemarks drops the columns that are blank in most of the rows that
// another has an address in, such as remarks; but none whose heading speaks of
// mail.
func (l *List) withoutRemarks(found []int, profiles []profile) []int {
	most := 0
	for _, i := range found {
		most = max(most, profiles[i].filled)
	}
	return slices.DeleteFunc(found, func(i int) bool {
		return 4*profiles[i].filled < most && !slices.Contains(l.headedAddress(), i)
	})
}

func (l *List) declaredAddressColumn() (int, error) {
	if i := l.find(l.options.AddressColumn); i >= 0 {
		return i, nil
	}
	return 0, &rule.Fault{File: l.source.name, What: "no column has the name that --address-column gives",
		Hint: l.meant(l.options.AddressColumn)}
}

// headedAddress gives the columns whose headings speak of mail, or else of an
// address.
func (l *List) headedAddress() []int {
	var mail, other []int
	for i, c := range l.columns {
		switch {
		case strings.Contains(c.Name, "mail"), slices.Contains([]string{"courriel", "correo"}, c.Name):
			mail = append(mail, i)
		case c.Name == "address", c.Name == "adresse":
			other = append(other, i)
		}
	}
	if len(mail) > 0 {
		return mail
	}
	return other
}
