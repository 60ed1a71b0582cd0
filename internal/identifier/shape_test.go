package identifier

import "testing"

func TestIdentifies(t *testing.T) {
	tests := []struct {
		kind  Kind
		value string
		want  bool
	}{
		{Address, "ann@x.example", true},
		{Address, " ", false},
		{Digest, md5Of("ann@x.example"), false},
		{None, "KX-7730951", false},

		{Private, "m", true},
		{Private, "1980-02-03", true},
		{Private, " - ", false},

		{Name, "Anna Schmidt", true},
		{Name, "Bo Li", true},
		{Name, "王明", true},
		{Name, "김철수", true},
		{Name, "Anna", false},
		{Name, "J. B.", false},
		{Name, "", false},

		{Token, "KX-7730951", true},
		{Token, "A1234", true},
		{Token, "KX7", false},
		{Token, "12345", true},
		{Token, "1234", false},
		{Token, "12-34", false},
		{Token, "１２３４５", true},
		{Token, "abcd", true},
		{Token, "abc", false},
		{Token, "n/a", false},
		{Token, "--", false},
		{Token, "3f2a9c1e-1111-4222-8333-123456789abc", true},

		{Token, "2026-11-20", false},
		{Token, "20.11.2026", false},
		{Token, "1/2/26", false},
		{Token, "2026-11-20T18:23:05.123456Z", false},
		{Token, "2026-11-20 18:23:05+01:00", false},
		{Token, "Fri, 20 Nov 2026 18:23:05 +0100", false},
		{Token, "20. November 2026", false},
		{Token, "Nov 20th, 2026", false},
		{Token, "18:23:05", false},
		{Token, "20261120", true},
		{Token, "12-34-5678-9", true},
		{Token, "01 02 03 04 05", true},
		{Token, "01.02.03.04.05", true},
		{Token, "11-2026-4", true},

		{Token, "1,234.50", false},
		{Token, "1.234,50", false},
		{Token, "12345.5", false},
		{Token, "12.50 EUR", false},
		{Token, "EUR 12345", false},
		{Token, "€ 12345", false},
		{Token, "12345€", false},
		{Token, "-12345 %", false},
		{Token, "12'345.00", false},
		{Token, "12 345,00", false},
		{Token, "1,234,567", false},
		{Token, "12345 percent", false},
		{Token, "12345 items", true},
		{Token, "123 456 789", true},
		{Token, "0170.1234567", true},
		{Token, "415.555.0142", true},
		{Token, "+49 170 1234567", true},
	}
	for _, test := range tests {
		if got := Identifies(test.kind, test.value); got != test.want {
			t.Errorf("Identifies(%v, %q) = %v", test.kind, test.value, got)
		}
	}
}

// What is enough stays enough, whatever follows: so nobody needs to read on.
func TestEnoughStaysEnough(t *testing.T) {
	for _, k := range []Kind{Address, Private, Name, Token} {
		for i := range 1000 {
			s := shape{words: i / 100, letters: i / 10 % 10, digits: i % 10}
			for _, more := range []shape{{words: 1}, {letters: 1}, {letters: 2}, {digits: 1}} {
				longer := shape{s.words + more.words, s.letters + more.letters, s.digits + more.digits}
				if s.isEnough(k) && !longer.isEnough(k) {
					t.Errorf("%v: %+v is enough and %+v is not", k, s, longer)
				}
			}
		}
	}
}
