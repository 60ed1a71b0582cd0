package doctor

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"mailshot/internal/dnstest"
	"mailshot/internal/smtptest"
	"mailshot/internal/transport"
)

// judge looks at the sender's domain as zone has it.
func judge(t *testing.T, zone string, change func(*Examination)) []Finding {
	t.Helper()
	server := smtptest.New(t, smtptest.Script{})
	e := Examination{
		Server: reach(t, server, transport.Plain, nil, transport.Credentials{}),
		From:   parse(t, "desk@news.sender.example"),
		DNS:    asking(dnstest.New(t, zone)),
	}
	if change != nil {
		change(&e)
	}
	all := run(t, e)
	for _, f := range all {
		if (f.Mark == Warn || f.Mark == Fail) && f.Hint == "" {
			t.Errorf("no hint with %+v", f)
		}
		if f.Mark == Fail {
			t.Errorf("mail can be sent, and %+v", f)
		}
	}
	return all
}

func TestDomain(t *testing.T) {
	for zone, want := range map[string]string{
		"news.sender.example MX 10 mx.sender.example": "ok news.sender.example takes mail at 1 server",
		"news.sender.example A 198.51.100.7":          "ok news.sender.example has no MX, and takes mail at its own address",
		"news.sender.example MX 0 .":                  "warn news.sender.example says that it takes no mail (a null MX)",
		"news.sender.example TXT hello":               "warn news.sender.example has neither MX nor address",
		"":                                            "warn news.sender.example has neither MX nor address",
		"news.sender.example FAIL":                    "warn the DNS server gives no answer",
	} {
		f := find(t, judge(t, zone, nil), "domain")
		if got := string(f.Mark) + " " + f.Text; got != want {
			t.Errorf("%q: %s", zone, got)
		}
	}
}

func TestSPF(t *testing.T) {
	many := "news.sender.example TXT v=spf1"
	for i := range 12 {
		many += fmt.Sprintf(" a:h%d.sender.example", i)
	}
	many += " -all\n"
	for i := range 12 {
		many += fmt.Sprintf("h%d.sender.example A 198.51.100.%d\n", i, i)
	}
	const unseen = "; which address the mail goes out from cannot be seen from here"
	for zone, want := range map[string]string{
		"": "warn no record at news.sender.example",
		"news.sender.example TXT google-site-verification=x":   "warn no record at news.sender.example",
		"news.sender.example TXT v=spf1 ip4:198.51.100.7 -all": "ok a valid record, 0 of 10 lookups" + unseen,
		"news.sender.example TXT v=spf1 include:p.example a mx ~all\nnews.sender.example A 198.51.100.7\nnews.sender.example MX 10 h.p.example\nh.p.example A 198.51.100.8\np.example TXT v=spf1 ip4:198.51.100.9 -all": "ok a valid record, 3 of 10 lookups" + unseen,
		"news.sender.example TXT v=spf1 +all":                                      "warn a valid record, 0 of 10 lookups, that lets everybody send",
		"news.sender.example TXT v=spf1 -all\nnews.sender.example TXT v=spf1 ~all": "warn several records, and one is allowed",
		"news.sender.example TXT v=spf1 include:nobody.example -all":               "warn the record includes a domain that has none",
		"news.sender.example TXT v=spf1 ip4:198.51.100.700 -all":                   "warn an address in the record is none",
		"news.sender.example TXT v=spf1 ipv4:198.51.100.7 -all":                    "warn a word in the record is no term of SPF",
		"news.sender.example TXT v=spf1 a:x.example a:y.example a:z.example -all":  "warn more than two names in the record do not exist",
		many:                       "warn the record needs 12 lookups, and 10 are allowed",
		"news.sender.example FAIL": "warn the DNS server gives no answer",
		"news.sender.example TXT v=spf1 include:p.example -all\np.example FAIL": "warn the DNS server gives no answer",
	} {
		f := find(t, judge(t, zone, nil), "SPF")
		if got := string(f.Mark) + " " + f.Text; got != want {
			t.Errorf("%q: %s", zone, got)
		}
	}
}

// The address of a server that all can see is looked for in the record.
func TestOutgoing(t *testing.T) {
	const zone = "news.sender.example TXT v=spf1 include:p.example ~ip4:192.0.2.7 -all\np.example TXT v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all"
	for at, want := range map[string]string{
		"198.51.100.7": "ok is in it", "203.0.113.7": "warn is not in it", "192.0.2.7": "warn is not in it", "2001:db8::7": "ok is in it",
		"10.0.0.7": "ok cannot be seen", "127.0.0.1": "ok cannot be seen", "fe80::1": "ok cannot be seen",
	} {
		x := &examiner{ctx: t.Context(), stands: map[string]standing{}, remote: &net.TCPAddr{IP: net.ParseIP(at), Port: 587},
			Examination: Examination{From: parse(t, "desk@news.sender.example")}}
		x.dns = newRecords(asking(dnstest.New(t, zone)), 10*time.Second)
		f := x.spf()
		mark, text, _ := strings.Cut(want, " ")
		if string(f.Mark) != mark || !strings.Contains(f.Text, text) || (f.Hint == "") != (f.Mark == OK) {
			t.Errorf("%s: %+v", at, f)
		}
	}
}

func published(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func rsaBits(t *testing.T, bits int) *rsa.PublicKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return &key.PublicKey
}

func TestDKIM(t *testing.T) {
	good := rsaBits(t, 2048)
	long := published(t, good)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"v=DKIM1; k=rsa; p=" + long:          "ok an RSA key of 2048 bits",
		"p=" + long[:100] + " " + long[100:]: "ok an RSA key of 2048 bits",
		"k=rsa; t=s; p=" + base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(good)): "ok an RSA key of 2048 bits",
		"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public):                   "ok an Ed25519 key",
		"v=DKIM1; p=" + published(t, rsaBits(t, 1024)):                                         "warn an RSA key of 1024 bits",
		"v=DKIM1; p=" + published(t, rsaBits(t, 768)):                                          "warn an RSA key of 768 bits, too few to count,",
		"v=DKIM1; t=y:s; p=" + long:                                                            "warn an RSA key of 2048 bits, marked as a test (t=y),",
		"v=DKIM1; p=":                                                                          "warn a key that was revoked",
		"v=DKIM1; p=***":                                                                       "warn a key that cannot be read",
		"v=DKIM1; p=" + base64.StdEncoding.EncodeToString(public):                              "warn a key that cannot be read",
		"v=DKIM1; k=ed25519; p=YQ==":                                                           "warn a key that cannot be read",
		"v=DKIM1; k=ecdsa; p=" + long:                                                          "warn a key of a kind that nobody knows",
		"v=DKIM2; p=" + long:                                                                   "warn no key record",
		"v=DKIM1; k=rsa":                                                                       "warn no key record",
		"hello":                                                                                "warn no key record",
	} {
		zone := "s1._domainkey.news.sender.example TXT " + text
		f := find(t, judge(t, zone, func(e *Examination) { e.Selectors = []string{"s1"} }), "DKIM")
		mark, what, _ := strings.Cut(want, " ")
		if string(f.Mark) != mark || f.Text != "selector s1: "+what+" at news.sender.example" {
			t.Errorf("%q: %s %s", text, f.Mark, f.Text)
		}
	}
}

func TestSelectors(t *testing.T) {
	key := "TXT v=DKIM1; p=" + published(t, rsaBits(t, 2048)) + "\n"
	zone := "a._domainkey.news.sender.example " + key + "a._domainkey.sender.example TXT v=DKIM1; p=\n" +
		"b._domainkey.sender.example " + key + "c._domainkey.sender.example " + key + "c._domainkey.sender.example " + key +
		"e._domainkey.news.sender.example FAIL"
	all := judge(t, zone, func(e *Examination) { e.Selectors = []string{"a", "b", "c", "d", "e"} })
	var got []string
	for _, f := range all {
		if f.Step == "DKIM" {
			got = append(got, string(f.Mark)+" "+f.Text)
		}
	}
	want := []string{
		"ok selector a: an RSA key of 2048 bits at news.sender.example",
		"ok selector b: an RSA key of 2048 bits at sender.example",
		"warn selector c: several records, and one is allowed, at sender.example",
		"warn selector d: no key at sender.example",
		"warn the DNS server gives no answer",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if f := find(t, all, "bulk"); !strings.Contains(f.Text, "DKIM yes") {
		t.Error(f.Text)
	}
	if f := find(t, judge(t, "", nil), "DKIM"); f.Mark != Skip || !strings.Contains(f.Hint, "--dkim-selector") {
		t.Errorf("%+v", f)
	}
}

func TestDMARC(t *testing.T) {
	for zone, want := range map[string]string{
		"": "warn no record at _dmarc.news.sender.example or _dmarc.sender.example",
		"_dmarc.news.sender.example TXT v=DMARC1; p=none; rua=mailto:d@sender.example":                                                          "ok p=none at _dmarc.news.sender.example; alignment of SPF relaxed, of DKIM relaxed",
		"_dmarc.sender.example TXT v=DMARC1; p=reject; aspf=s; rua=mailto:d@sender.example":                                                     "ok p=reject at _dmarc.sender.example; alignment of SPF strict, of DKIM relaxed",
		"_dmarc.sender.example TXT v=DMARC1; p=reject; sp=quarantine; adkim=s":                                                                  "ok p=quarantine at _dmarc.sender.example; alignment of SPF relaxed, of DKIM strict; no reports (rua)",
		"_dmarc.news.sender.example TXT v=DMARC1; p=none; sp=reject; rua=mailto:d@sender.example\n_dmarc.sender.example TXT v=DMARC1; p=reject": "ok p=none at _dmarc.news.sender.example; alignment of SPF relaxed, of DKIM relaxed",
		"_dmarc.news.sender.example TXT hello\n_dmarc.sender.example TXT v=DMARC1; p=none; rua=mailto:d@sender.example":                         "ok p=none at _dmarc.sender.example; alignment of SPF relaxed, of DKIM relaxed",
		"_dmarc.news.sender.example TXT v=DMARC1; p=none\n_dmarc.news.sender.example TXT v=DMARC1; p=reject":                                    "warn several records at _dmarc.news.sender.example, and one is allowed",
		"_dmarc.news.sender.example TXT v=DMARC1; p=maybe":                                                                                      "warn the record at _dmarc.news.sender.example cannot be read",
		"_dmarc.news.sender.example TXT v=DMARC1":                                                                                               "warn the record at _dmarc.news.sender.example cannot be read",
		"_dmarc.news.sender.example FAIL":                                                                                                       "warn the DNS server gives no answer",
	} {
		f := find(t, judge(t, zone, nil), "DMARC")
		if got := string(f.Mark) + " " + f.Text; got != want {
			t.Errorf("%q: %s", zone, got)
		}
	}
}

func TestDomains(t *testing.T) {
	for domain, want := range map[string][]string{
		"sender.example": {"sender.example"}, "a.b.sender.example": {"a.b.sender.example", "sender.example"},
		"news.sender.co.uk": {"news.sender.co.uk", "sender.co.uk"}, "co.uk": {"co.uk"},
	} {
		if got := domains(domain); !slices.Equal(got, want) {
			t.Errorf("%s: %q", domain, got)
		}
	}
}

func TestDemands(t *testing.T) {
	key := "s1._domainkey.sender.example TXT v=DKIM1; p=" + published(t, rsaBits(t, 2048)) + "\n"
	const spf, dmarc = "news.sender.example TXT v=spf1 -all\n", "_dmarc.sender.example TXT v=DMARC1; p=none\n"
	selector := []string{"s1"}
	for name, c := range map[string]struct {
		zone        string
		selectors   []string
		unsubscribe Unsubscribe
		marks       string // of alignment, unsubscribe and bulk
		text        string
	}{
		"all":         {spf + key + dmarc, selector, UnsubscribeOneClick, "ok ok ok", "SPF yes, DKIM yes, DMARC yes, one-click unsubscribe yes"},
		"no selector": {spf + dmarc, nil, UnsubscribeOneClick, "ok ok ok", "SPF yes, DKIM not known, DMARC yes, one-click unsubscribe yes"},
		"no template": {spf + key + dmarc, selector, UnsubscribeUnknown, "ok skip ok", "SPF yes, DKIM yes, DMARC yes, one-click unsubscribe not known"},
		"a link":      {spf + key + dmarc, selector, UnsubscribeLink, "ok warn warn", "SPF yes, DKIM yes, DMARC yes, one-click unsubscribe no"},
		"no link":     {spf + key + dmarc, selector, UnsubscribeNone, "ok warn warn", "SPF yes, DKIM yes, DMARC yes, one-click unsubscribe no"},
		"DKIM alone":  {key + dmarc, selector, UnsubscribeOneClick, "ok ok warn", "SPF no, DKIM yes, DMARC yes, one-click unsubscribe yes"},
		"DMARC alone": {dmarc, selector, UnsubscribeOneClick, "warn ok warn", "SPF no, DKIM no, DMARC yes, one-click unsubscribe yes"},
		"nothing":     {"", selector, UnsubscribeNone, "warn warn warn", "SPF no, DKIM no, DMARC no, one-click unsubscribe no"},
	} {
		all := judge(t, c.zone, func(e *Examination) { e.Selectors, e.Unsubscribe = c.selectors, c.unsubscribe })
		bulk := find(t, all, "bulk")
		got := fmt.Sprint(find(t, all, "alignment").Mark, " ", find(t, all, "unsubscribe").Mark, " ", bulk.Mark)
		if got != c.marks || !strings.Contains(bulk.Text, c.text) {
			t.Errorf("%s: %s %s", name, got, bulk.Text)
		}
	}
}

// A DNS server that never answers holds up each step for no longer than its
// time, and one question is asked once.
func TestSilentDNS(t *testing.T) {
	server := dnstest.New(t, "news.sender.example SILENT\n_dmarc.news.sender.example SILENT")
	all := judge(t, "", func(e *Examination) { e.DNS, e.Timeout = asking(server), 100*time.Millisecond })
	for _, step := range []string{"domain", "SPF", "DMARC"} {
		if f := find(t, all, step); f.Mark != Warn || f.Text != "the DNS server gives no answer" {
			t.Errorf("%+v", f)
		}
	}
	if f := find(t, all, "bulk"); f.Mark != OK || !strings.Contains(f.Text, "SPF not known") {
		t.Errorf("%+v", f)
	}
}

func TestInterruptedInDNS(t *testing.T) {
	server := dnstest.New(t, "news.sender.example SILENT")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(server.Asked()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	e := Examination{
		Server: reach(t, smtptest.New(t, smtptest.Script{}), transport.Plain, nil, transport.Credentials{}),
		From:   parse(t, "desk@news.sender.example"), DNS: asking(server), Timeout: time.Hour, Now: time.Now(),
	}
	err := e.Run(ctx, func(f Finding) {
		if f.Step == "domain" {
			t.Errorf("told of %+v", f)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
