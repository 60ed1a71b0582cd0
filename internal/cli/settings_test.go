package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	for s, every := range map[string]time.Duration{
		"10/s": 100 * time.Millisecond, "600/m": 100 * time.Millisecond, "1/h": time.Hour,
		"1000000/s": time.Microsecond, "3/s": 333333334, "7/m": time.Minute/7 + 1,
	} {
		var r rate
		if err := r.Set(s); err != nil || r.every != every || r.String() != s {
			t.Errorf("%s is %v, %v", s, r.every, err)
		}
	}
	for _, s := range []string{"", "10", "/s", "0/s", "-1/s", "+1/s", "1.5/s", "1/d", "1/s/s", " 1/s", "1 /s", "1/ s", "1000001/s", "1_0/s", "99999999999999999999/s"} {
		var r rate
		if err := r.Set(s); err == nil {
			t.Errorf("%q is a rate of one in %v", s, r.every)
		}
	}
}

func TestDomainRates(t *testing.T) {
	var d domainRates
	for _, s := range []string{"A.example=20/s", "b.example=5/m,ü.example=1/h", "b.example=6/m"} {
		if err := d.Set(s); err != nil {
			t.Fatal(s, err)
		}
	}
	want := domainRates{"a.example": 50 * time.Millisecond, "b.example": 10 * time.Second, "xn--tda.example": time.Hour}
	if !maps.Equal(d, want) || d.String() != "a.example,b.example,xn--tda.example" {
		t.Errorf("%v, %s", map[string]time.Duration(d), d.String())
	}
	for _, s := range []string{"", "a.example", "a.example=", "a.example=20", "=20/s", "a b=1/s", "x@a.example=1/s", "a.example=1/s,", "a.example=1/s;b.example=1/s"} {
		if err := new(domainRates).Set(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	for i := range maxDomains - len(d) {
		if err := d.Set(fmt.Sprintf("c%d.example=1/s", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Set("d.example=1/s"); err == nil {
		t.Error("one domain too many was taken")
	}
}

func TestShare(t *testing.T) {
	for s, part := range map[string]float64{"5%": 0.05, "0.05": 0.05, "0": 0, "1": 1, "100%": 1, "0%": 0, "12.5%": 0.125} {
		var got share
		if err := got.Set(s); err != nil || got.part != part || got.String() != s {
			t.Errorf("%s is %v, %v", s, got.part, err)
		}
	}
	for _, s := range []string{"", "%", "5", "101%", "-1%", "1.01", "NaN", "NaN%", "Inf", "5 %", "5%%", "five"} {
		var got share
		if err := got.Set(s); err == nil {
			t.Errorf("%q is the share %v", s, got.part)
		}
	}
}

func TestPassword(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		name, file, want string
		env              []string
		fails            bool
	}{
		{name: "none"},
		{name: "environment", env: []string{"MAILSHOT_SMTP_PASSWORD=secret"}, want: "secret"},
		{name: "file", file: write("a", "secret\n"), want: "secret"},
		{name: "file of Windows", file: write("b", "secret\r\nmore"), want: "secret"},
		{name: "spaces count", file: write("c", " se cret "), want: " se cret "},
		{name: "environment first", file: write("d", "other"), env: []string{"MAILSHOT_SMTP_PASSWORD=secret"}, want: "secret"},
		{name: "empty variable", file: write("e", "secret"), env: []string{"MAILSHOT_SMTP_PASSWORD="}, want: "secret"},
		{name: "empty file", file: write("f", ""), fails: true},
		{name: "no file", file: filepath.Join(dir, "nothing"), fails: true},
		{name: "huge file", file: write("g", strings.Repeat("x", maxConfig+1)), fails: true},
	} {
		o := loginOptions{passwordFile: test.file}
		got, err := o.password(&app{Session: Session{Env: test.env}})
		if got != test.want || (err != nil) != test.fails || err != nil && status(err) != wrongUse {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

func TestLedgerPath(t *testing.T) {
	state := t.TempDir()
	for _, test := range []struct {
		name, named, want string
		env               []string
	}{
		{"named", "here.db", "here.db", []string{"XDG_STATE_HOME=" + state}},
		{"XDG", "", filepath.Join(state, "mailshot", "ledger.db"), []string{"XDG_STATE_HOME=" + state, "HOME=/home/ann"}},
		{"home", "", filepath.FromSlash("/home/ann/.local/state/mailshot/ledger.db"), []string{"XDG_STATE_HOME=", "HOME=/home/ann"}},
		{"relative XDG does not count", "", filepath.FromSlash("/home/ann/.local/state/mailshot/ledger.db"), []string{"XDG_STATE_HOME=state", "HOME=/home/ann"}},
		{"the last one counts", "", filepath.FromSlash("/home/bo/.local/state/mailshot/ledger.db"), []string{"HOME=/home/ann", "HOME=/home/bo"}},
	} {
		got, err := (&app{Session: Session{Env: test.env}}).ledgerPath(test.named)
		if err != nil || got != test.want {
			t.Errorf("%s: %s, %v", test.name, got, err)
		}
	}
}
