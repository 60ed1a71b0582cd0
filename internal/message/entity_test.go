package message

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestSkeletonIsThePlannedOne changes what the library composed, as another
// version of it might, and expects that no skeleton is made of it.
func TestSkeletonIsThePlannedOne(t *testing.T) {
	c := secretive(t)
	c.options.Inline = []File{{Name: "a.png"}}
	for name, change := range map[string]func(string, *draft) string{
		"unchanged":         func(raw string, _ *draft) string { return raw },
		"another field":     func(raw string, _ *draft) string { return "X-Mailer: example\r\n" + raw },
		"a field twice":     func(raw string, d *draft) string { return "Subject: x\r\n" + raw },
		"a field with more": func(raw string, d *draft) string { return strings.Replace(raw, "Subject: ", "Subject: x", 1) },
		"a field less": func(raw string, d *draft) string {
			return strings.Replace(raw, "Subject: "+d.fields[4].mark+"\r\n", "", 1)
		},
		"a host's Message-Id":   func(raw string, d *draft) string { return strings.Replace(raw, d.fields[1].mark, "<1@host>", 1) },
		"a mark twice":          func(raw string, d *draft) string { return raw + d.fields[3].mark },
		"a mark that is broken": func(raw string, d *draft) string { return strings.Replace(raw, string(d.email.HTML), "x", 1) },
		"an unknown mark":       func(raw string, d *draft) string { return raw + d.secret },
		"a body with more": func(raw string, d *draft) string {
			return strings.Replace(raw, string(d.email.Text), string(d.email.Text)+" x", 1)
		},
		"cut off":    func(raw string, d *draft) string { return raw[:len(raw)/2] },
		"no message": func(string, *draft) string { return "\r\n" },
	} {
		d, err := newDraft(c.plan, c.options)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := d.email.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		changed := change(string(raw), d)
		if name != "unchanged" && changed == string(raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := d.read([]byte(changed)); (name == "unchanged") != (err == nil) || err != nil && !errors.Is(err, errSkeleton) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingOfTheDraftIsLeft(t *testing.T) {
	c := secretive(t)
	d, err := newDraft(c.plan, c.options)
	if err != nil {
		t.Fatal(err)
	}
	root, err := d.compose()
	if err != nil {
		t.Fatal(err)
	}
	composer := &Composer{plan: c.plan, apart: -1}
	composer.lay(root, d)
	for _, p := range composer.pieces {
		if bytes.Contains(p.literal, []byte(d.secret[:8])) {
			t.Errorf("a mark in %q", p.literal)
		}
	}
	if len(composer.pieces) < 8 {
		t.Errorf("%d pieces", len(composer.pieces))
	}
}
