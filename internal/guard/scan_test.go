package guard

import "testing"

// What follows an escape may be part of it, or of the word before it: it is not
// counted as a word that bounds how far back a text is read.
func TestEscaped(t *testing.T) {
	for text, want := range map[string]bool{
		"&|amp": true, "&amp;|lee": true, "&#233;|lee": true, "&#xe9;|lee": true, "%26amp;|lee": true, `\u0026amp;|lee`: true,
		"&amp;amp;|lee": true, "&\x01amp;|lee": true, "%|41": true, "=|41": true, `\|x41`: true, "\x02|lee": true,
		"font-size:1px;|color": false, "a; |b": false, ";|b": false, "; ;|b": false, "ann |lee": false, "|lee": false,
		"é;|lee": false, "\n|lee": false,
	} {
		var i int
		for i = range text {
			if text[i] == '|' {
				break
			}
		}
		if got := isEscaped([]byte(text[:i]+text[i+1:]), i); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
