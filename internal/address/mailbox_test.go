package address

import (
	"errors"
	"testing"
)

func TestParseMailbox(t *testing.T) {
	for _, tc := range []struct {
		in, name, addr string
		err            error
	}{
		{in: "news@x.example", addr: "news@x.example"},
		{in: "  news@x.example\n", addr: "news@x.example"},
		{in: "<news@x.example>", addr: "news@x.example"},
		{in: "News <news@x.example>", name: "News", addr: "news@x.example"},
		{in: "News<news@x.example>", name: "News", addr: "news@x.example"},
		{in: "Example Inc. <news@x.example>", name: "Example Inc.", addr: "news@x.example"},
		{in: "Jürgen Groß <j@x.example>", name: "Jürgen Groß", addr: "j@x.example"},
		{in: `"Doe, Jane" <j@x.example>`, name: "Doe, Jane", addr: "j@x.example"},
		{in: `"Jane \"J\" \\ <Doe>" <j@x.example>`, name: `Jane "J" \ <Doe>`, addr: "j@x.example"},
		{in: `"" <j@x.example>`, addr: "j@x.example"},

		{in: "", err: ErrBlank},
		{in: "Ann", err: ErrSyntax},
		{in: "Ann <>", err: ErrSyntax},
		{in: "Ann <a@x.example", err: ErrSyntax},
		{in: "Ann a@x.example>", err: ErrSyntax},
		{in: "Ann <a@x.example> b", err: ErrSyntax},
		{in: "Ann <a@x.example>>", err: ErrSyntax},
		{in: "Ann << a@x.example>", err: ErrSyntax},
		{in: "Doe, Jane <j@x.example>", err: ErrSyntax},
		{in: "Ann (x) <a@x.example>", err: ErrSyntax},
		{in: "=?utf-8?q?b=40y.example?= <a@x.example>", err: ErrSyntax},
		{in: `"Ann`, err: ErrSyntax},
		{in: `"Ann\" <a@x.example>`, err: ErrSyntax},
		{in: `"Ann" a@x.example`, err: ErrSyntax},
		{in: `"Ann"@x.example`, err: ErrSyntax},
		{in: "staff: <a@x.example>;", err: ErrSyntax},
		{in: "A\x00nn <a@x.example>", err: ErrControl},
		{in: "\"A\rnn\" <a@x.example>", err: ErrControl},
		{in: "a@x.example, b@x.example", err: ErrSeveral},
		{in: "Ann <a@x.example>, Bob <b@x.example>", err: ErrSeveral},
		{in: `"b@y.example" <a@x.example>`, err: ErrSeveral},
		{in: "b@y.example <a@x.example>", err: ErrSeveral},
	} {
		m, err := ParseMailbox(tc.in)
		if !errors.Is(err, tc.err) || m.Name != tc.name || m.Address.String() != tc.addr {
			t.Errorf("%q: got %q, %q, %v; want %q, %q, %v",
				tc.in, m.Name, m.Address, err, tc.name, tc.addr, tc.err)
		}
	}
}
