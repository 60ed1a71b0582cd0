package rule

import "testing"

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"news.md":                   "news.md",
		"Zofia\tWójcik 田中":          "Zofia\tWójcik 田中",
		"\x1b]0;x\a\x1b[2J\u009b1m": "?]0;x??[2J?1m",
		"a\r\nb":                    "a??b",
	} {
		if got := Printable(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}
