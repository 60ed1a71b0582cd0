package guard

import (
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func TestDecodeQuoted(t *testing.T) {
	for _, s := range []string{"", "a", "a=3Db", "a=\r\nb", "=E2=82=AC", "a=3d\r\n\r\n=\r\n", "x=", "x=4", "x=G1", "x= \r\ny", "x==41", "x=\ny"} {
		got, ok := decodeQuoted(nil, []byte(s))
		want, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
		if ok && (err != nil || string(got) != string(want)) {
			t.Errorf("%q gives %q, the standard library %q, %v", s, got, want, err)
		}
		if strict := !strings.ContainsAny(s, "xy"); strict != ok {
			t.Errorf("%q: taken is %v", s, ok)
		}
	}
}
