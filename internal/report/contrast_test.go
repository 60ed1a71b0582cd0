package report

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// luminance is that of WCAG 2.2, of a colour such as #0a5ab4.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

// TestContrast wants text to stand out from the paper by 4.5 to 1, and what is
// drawn by 3 to 1, in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	themes := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(pageStyle, -1)
	if len(themes) != 2 {
		t.Fatalf("%d themes", len(themes))
	}
	for n, theme := range themes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(theme[1], -1) {
			colours[m[1]] = m[2]
		}
		paper := luminance(t, colours["paper"])
		for name, least := range map[string]float64{"ink": 4.5, "faint": 4.5, "bar": 3, "good": 3, "bad": 3, "doubtful": 3} {
			drawn := luminance(t, colours[name])
			if got := (math.Max(paper, drawn) + 0.05) / (math.Min(paper, drawn) + 0.05); got < least {
				t.Errorf("theme %d: %s stands out by %.1f to 1, not %.1f", n, name, got, least)
			}
		}
	}
}
