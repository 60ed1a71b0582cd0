package message

import (
	"strings"
	"testing"
)

// TestAwkwardValuesReadBack puts each value into every place of the header that
// a row can fill.
func TestAwkwardValuesReadBack(t *testing.T) {
	values := append([]string{
		"", "Ann", "  Ann  ", "Müller, Ann", `Ann "the boss" \ Example`, "=?UTF-8?Q?Bob?=", "Ann =?UTF-8?B?Qm9i?= Example",
		"ann@a.example", "Ann <bob@b.example>", "Bcc: bob@b.example", "(Bob)", "Anna\u00a0Maria", "\xff\xfe",
		"Zoë " + strings.Repeat("é", 300), strings.Repeat("long ", 60) + "end",
		strings.Repeat("x", 60) + "  " + strings.Repeat("y", 60),
	}, awkward...)
	for _, v := range values {
		c := newCampaign(t)
		c.rendered.ToName, c.rendered.Subject = v, v
		c.plan.attachments = []planned{{"application/pdf", true}}
		c.files = []File{{Name: v + ".pdf"}}
		raw := written(t, c.compose(t))
		if fault := lineFault(raw); fault != "" {
			t.Errorf("%q: %s in\n%s", v, fault, raw)
		}
		valid := strings.ToValidUTF8(v, "\uFFFD")
		for _, r := range readers {
			got, err := r.read(raw)
			if err != nil {
				t.Errorf("%q by %s: %v in\n%s", v, r.name, err, raw)
				continue
			}
			trimmed := strings.Trim(valid, " ")
			if got.Subject != trimmed || got.To != trimmed+" <ann@a.example>" || got.Files[0].Name != valid+".pdf" {
				t.Errorf("%q by %s: subject %q, to %q, file %q", v, r.name, got.Subject, got.To, got.Files[0].Name)
			}
		}
	}
}

func TestFieldsAsWritten(t *testing.T) {
	for want, got := range map[string][]byte{
		"Subject: Hello\r\n": appendUnstructured(nil, "Subject", " Hello "),
		"Subject: =?UTF-8?Q?Hello_Zo=C3=AB=2C_all_is_well?=\r\n": appendUnstructured(nil, "Subject", "Hello Zoë, all is well"),
		"Subject: =?UTF-8?B?5bGx55Sw?=\r\n":                      appendUnstructured(nil, "Subject", "山田"),
		"Subject: =?UTF-8?B?PT9RPw==?=\r\n":                      appendUnstructured(nil, "Subject", "=?Q?"),
		"X: " + strings.Repeat("x", 995) + "\r\n":                appendUnstructured(nil, "X", strings.Repeat("x", 995)),
		"X: a  b\r\n": appendUnstructured(nil, "X", "a  b"),
		"X: " + strings.Repeat("a ", 37) + "a\r\n b\r\n":                       appendUnstructured(nil, "X", strings.Repeat("a ", 38)+"b"),
		"Content-Disposition: attachment;\r\n filename=\"a b.pdf\"\r\n":        appendDisposition(nil, "attachment", "a b.pdf"),
		"Content-Disposition: inline;\r\n filename*=UTF-8''a%22%C3%BC.pdf\r\n": appendDisposition(nil, "inline", "a\"ü.pdf"),
	} {
		if string(got) != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
