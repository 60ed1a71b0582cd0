package preview

import (
	"testing"

	"mailshot/internal/address"
)

func TestShape(t *testing.T) {
	for value, want := range map[string]string{
		"":                        "",
		"Annette Leewood":         "Xxxxxxx Xxxxxxx",
		"KX-7730951":              "XX-1111111",
		"2026-03-14":              "1111-11-11",
		"2026-03-14T15:09:26Z":    "1111-11-11T11:11:11Z",
		"-1234.50":                "-1111.11",
		"a; b;c":                  "x; x;x",
		"https://a.example/x?t=1": "https://x.xxxxxxx/x?x=1",
		"mailto:ann@a.example":    "mailto:xxx@x.xxxxxxx",
		"דליה כהנוב":              "אאאא אאאאא",
		"Zoë Şahin 🎉":             "Xxx Xxxxx x",
		"王伟":                      "xx",
	} {
		if got := shape(value); got != want {
			t.Errorf("%q becomes %q, want %q", value, got, want)
		}
	}
}

func TestMaskedAddress(t *testing.T) {
	for value, want := range map[string]string{
		"ann.lee+x@a.example":       "xxx.xxx+x@x.xxxxxxx",
		"jürgen49@bücher3.example":  "xxxxx@xxxxx.xxxxxxx", // its domain is an A-label,
		"bob@xn--mller-kva.example": "xxxxx@xxxxx.xxxxxxx",
	} {
		a, err := address.Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		if got := maskedAddress(a); got.String() != want || got.IsZero() {
			t.Errorf("%q becomes %q", value, got)
		}
	}
}

// What the template itself says is no one's data: a masked row goes the way
// that its own does.
func TestMaskKeepsBranches(t *testing.T) {
	b := opened(t, files(t, nil), Options{Mask: true})
	for ordinal, cheap := range []bool{false, true, false, true, true, false} {
		view, err := b.message(ordinal, static{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, l := range view.Text {
			for _, s := range l.Spans {
				text += s.Text + "\n"
			}
		}
		if got := contains(text, "cheap"); got != cheap {
			t.Errorf("row %d: cheap %v in %q", ordinal, got, text)
		}
	}
}
