package guard

import (
	"bytes"
	"testing"

	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
)

// The next functions are those of make_test.go for where no testing.TB is at
// hand.

func sharedIndex() *identifier.Index { return indexOfPeople(noTB{}) }

func policyOf() Policy { return policy(noTB{}) }

func rowOf(i int) *recipient.Row { return person(noTB{}, i) }

func messageOf(l letter, row *recipient.Row) *message.Message { return l.message(noTB{}, row) }

// noTB is a testing.TB for helpers that only ever fail on a broken test.
type noTB struct{ testing.TB }

func (noTB) Helper()               {}
func (noTB) Fatalf(string, ...any) { panic("a helper failed") }

// FuzzJudge judges any bytes as the message for Ann. It must neither panic nor
// hang; and where it refuses nothing, no other row's address stands in them.
func FuzzJudge(f *testing.F) {
	f.Add([]byte(annsLetter().bytes()))
	for _, l := range leaks {
		m := annsLetter()
		l.plant(&m)
		f.Add([]byte(m.bytes()))
	}
	index, p := indexOfPeople(f), policy(f)
	row := person(f, 0)
	f.Fuzz(func(t *testing.T, raw []byte) {
		g := New(p, index, len(people))
		refusals, _ := g.Reader().Judge(row, finished(t, row, string(raw)))
		if len(refusals) > 0 {
			return
		}
		for i, other := range people {
			if i > 0 && standsAlone(raw, other[2]) {
				t.Fatalf("nothing was refused, but %s stands in the bytes", other[2])
			}
		}
	})
}

// standsAlone says whether s stands in raw between characters that are part of
// no address.
func standsAlone(raw []byte, s string) bool {
	for rest := raw; ; {
		i := bytes.Index(rest, []byte(s))
		if i < 0 {
			return false
		}
		end := i + len(s)
		if (i == 0 || rest[i-1] <= ' ') && (end == len(rest) || rest[end] <= ' ') {
			return true
		}
		rest = rest[i+1:]
	}
}
