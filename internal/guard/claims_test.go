package guard

import (
	"fmt"
	"sync"
	"testing"

	"mailshot/internal/identifier"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// The second message of a campaign has something that the first one has.
func TestTokenInTwo(t *testing.T) {
	const token, first, last = "f3a9c07be21d4456", firstLine, firstLine + 1
	link := func(s string) func(*letter) {
		return func(l *letter) { l.extra = "List-Unsubscribe: <" + s + ">\r\n" }
	}
	for _, c := range []struct {
		name   string
		policy func(*Policy)
		row    func(*recipient.Row) // changes the second row
		letter func(*letter)        // changes both
		rule   rule.ID
	}{
		{"token", nil, nil, inText("Your ticket: " + token), rule.TokenInTwo},
		{"token in a link", nil, nil, inHTML(`<a href="https://x.example/?t=` + token + `">x</a>`), rule.TokenInTwo},
		{"token in base64", nil, nil, inText("https://x.example/" + b64url("t="+token)), rule.TokenInTwo},
		{"token that is in no message", nil, nil, func(*letter) {}, ""},
		{"token of a column of another kind", func(p *Policy) { p.Kinds[3].Why = "heading and data" }, nil, inText(token), ""},
		{"token that is allowed", func(p *Policy) { p.Allow = []string{token} }, nil, inText(token), ""},
		{"token of a relational column", func(p *Policy) { p.Relational = []string{"account"} }, nil, inText(token), ""},
		{"two rows of one mailbox", nil, func(r *recipient.Row) { r.Address = person(t, 0).Address }, inText(token), ""},
		{"link", nil, nil, link("https://x.example/leave?t=1"), rule.TokenInTwo},
		{"link of the template's own", func(p *Policy) {
			p.Constants = append(p.Constants, Constant{Text: "https://x.example/leave"})
		}, nil, link("https://x.example/leave"), ""},
		{"Message-ID", nil, nil, func(l *letter) { l.id = "<same@shop.example>" }, rule.TokenInTwo},
		{"Message-ID to one mailbox", nil, func(r *recipient.Row) { r.Address = person(t, 0).Address },
			func(l *letter) { l.id = "<same@shop.example>" }, rule.TokenInTwo},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policy(t)
			p.Kinds[3].Why = "data"
			if c.policy != nil {
				c.policy(&p)
			}
			b := identifier.NewBuilder(2)
			b.Add(first, identifier.Token, token)
			b.Add(last, identifier.Token, token)
			g := New(p, b.Build(), 2)
			for i := range 2 {
				row := person(t, i)
				row.Cells = append([]string(nil), row.Cells...)
				row.Cells[3] = token
				if i == 1 && c.row != nil {
					c.row(row)
				}
				l := annsLetter()
				l.to = row.Address.String()
				l.text, l.html = "x\r\n", "y\r\n"
				c.letter(&l)
				refusals, _ := g.Reader().Judge(row, l.message(t, row))
				if i == 0 || c.rule == "" {
					check(t, refusals, "", 0)
					continue
				}
				check(t, refusals, c.rule, first)
			}
		})
	}
}

// Whatever is claimed at the same time, each thing has one first.
func TestClaimsAtOnce(t *testing.T) {
	const rows, each = 1000, 3
	c := newClaims(rows, each)
	firsts := make([][rows * each]int, 4)
	var wait sync.WaitGroup
	for w := range firsts {
		wait.Go(func() {
			for n := range rows * each { // every thing is claimed for two rows
				i := (n*7 + w*1001) % (rows * each)
				hash := c.hash("x", fmt.Sprint(i))
				first, ok := c.claim(hash, (i+w%2)%rows)
				if !ok || first != i%rows && first != (i+1)%rows {
					t.Errorf("claim %d for %d is %d's, %v", i, (i+w%2)%rows, first, ok)
				}
				firsts[w][i] = first
			}
		})
	}
	wait.Wait()
	for i := range rows * each {
		for w := range firsts {
			if firsts[w][i] != firsts[0][i] {
				t.Fatalf("claim %d has two firsts", i)
			}
		}
	}
}

func TestClaimsThatAreFull(t *testing.T) {
	c := newClaims(1, 1)
	full := false
	for i := range 10 {
		_, ok := c.claim(c.hash("x", fmt.Sprint(i)), 0)
		full = full || !ok
	}
	if !full {
		t.Error("more was claimed than there is room for")
	}
}

func BenchmarkClaims(b *testing.B) {
	const rows, each = 1_000_000, 3
	for b.Loop() {
		c := newClaims(rows, each)
		for i := range rows * each {
			if first, ok := c.claim(c.hash("x", fmt.Sprint(i)), i/each); !ok || first != i/each {
				b.Fatal("a claim was taken for another's")
			}
		}
		b.ReportMetric(float64(8*len(c.slots)+8*len(c.rows))/1e6, "MB")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows/each, "ns/claim")
}
