package rule

import "testing"

func TestShellWord(t *testing.T) {
	for name, want := range map[string]string{
		"/var/lib/x-1.db": "/var/lib/x-1.db",
		"a b":             "'a b'",
		"$HOME":           "'$HOME'",
		"it's":            `'it'\''s'`,
		"-x":              "'./-x'",
		"~x":              "'~x'",
		"größe.db":        "'größe.db'",
	} {
		if got := ShellWord(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
