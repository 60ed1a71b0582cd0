package doctor

import (
	"strings"
	"testing"
)

// FuzzKey: whatever a record holds, what is said of it are the program's own
// words, and a record without a key is none.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{
		"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "p=", "v=DKIM1; p=MIIB", "k=rsa;t=y;p=QQ==", ";;=;p", "v=DKIM1; p = a b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		what, good := keyOf([]string{text})
		if good && !strings.Contains(text, "p") {
			t.Errorf("%q is %s", text, what)
		}
		if strings.Trim(what, "abcdefghijklmnopqrstuvwxyzARSED0123456789 ,(=)") != "" || len(what) > 60 {
			t.Errorf("%q is said to be %q", text, what)
		}
	})
}
