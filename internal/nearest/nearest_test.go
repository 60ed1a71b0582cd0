package nearest

import "testing"

func TestCommands(t *testing.T) {
	names := []string{"send", "sink", "status", "check", "recipients", "rate"}
	for word, want := range map[string]string{
		"sned": "send", "sen": "send", "chekc": "check", "recipents": "recipients", "reciepients": "recipients",
		"stats": "status", "xx": "", "": "", "preview": "", "r": "", "rtae": "rate",
	} {
		if got := To(word, names); got != want {
			t.Errorf("%q is taken for %q", word, got)
		}
	}
}

func TestTo(t *testing.T) {
	names := []string{"subject", "reply-to", "attachments", "first_name", "größe"}
	tests := []struct{ word, want string }{
		{"subjct", "subject"},
		{"Subject", "subject"},
		{"sbujetc", "subject"},
		{"reply_to", "reply-to"},
		{"attachment", "attachments"},
		{"firstname", "first_name"},
		{"grösse", "größe"},
		{"to", ""},
		{"", ""},
		{"something else", ""},
	}
	for _, test := range tests {
		if got := To(test.word, names); got != test.want {
			t.Errorf("To(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}
