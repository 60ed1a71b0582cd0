package identifier

import "testing"

// turnedNames gives an index of names as rows have them and turned.
func turnedNames(names ...[2]string) *Index {
	b := NewBuilder(len(names))
	for i, n := range names {
		b.Add(i+2, Name, n[0])
		b.AddTurned(i+2, n[1])
	}
	return b.Build()
}

// wantParted wants names to be found in each text, and to be parted in it or not.
func wantParted(t *testing.T, x *Index, lossy bool, texts map[string]bool) {
	t.Helper()
	for text, want := range texts {
		found, parted := false, false
		x.Scan([]byte(text), func(h Hit) bool {
			found, parted = true, parted || x.IsParted([]byte(text), h, lossy)
			return true
		})
		if !found || parted != want {
			t.Errorf("%q: found %v, parted %v, want true and %v", text, found, parted, want)
		}
	}
}

func TestIsParted(t *testing.T) {
	x := turnedNames([2]string{"Rose London", "London Rose"}, [2]string{"Ann Lee", "Lee Ann"}, [2]string{"Thos Ann Baker", "Baker Thos Ann"}, [2]string{"Thos. Ann Carver", "Carver Thos. Ann"},
		[2]string{"太郎 東", "東 太郎"}, [2]string{"राम दिल्ली", "दिल्ली राम"}, [2]string{"Ｂｏｂ Ｄａｌｅ", "Ｄａｌｅ Ｂｏｂ"}, [2]string{"Émile Ćosić", "Ćosić Émile"})
	wantParted(t, x, false, map[string]bool{
		"London? Rose":         true,
		"London! Rose":         true,
		"London. Rose":         true,
		"London.\r\n\r\nRose":  true,
		"London?!  Rose":       true,
		"London !? ¿Rose":      false,
		"London ! Rose":        true,
		"London\u202F? Rose":   true,
		"London.» «Rose":       true,
		"London » ? « Rose":    true,
		"\"London\" ? \"Rose":  false, // a dash in the wrong charset
		"London » Rose":        false,
		"London ! « Rose":      true,
		"(London)? \u201ERose": true,
		"**London.** _Rose":    true,
		"\"London.\" \"Rose":   true,
		"Ćosić? Émile":         true,
		"東。太郎":                 true,
		"東？「太郎":                true,
		"दिल्ली। राम":          true,
		"London, Rose":         false,
		"London Rose":          false,
		"London: Rose":         false,
		"London; Rose":         false,
		"London - Rose":        false,
		"London\nRose":         false,
		"London\n\nRose":       false,
		"London...... Rose":    false,
		"London... Rose":       false,
		"London… Rose":         false,
		"London .\nRose":       false,
		"London.\tRose":        false,
		"London ? Rose":        false, // a dash in the wrong charset
		"London?Rose":          false,
		"London.Rose":          false,
		"London? rose":         false,
		"\"London.\",\"Rose":   false,
		"London? | Rose":       false,
		"London (?) Rose":      false,
		"London\u200B? Rose":   false,
		"London?\u200B Rose":   false,
		"Lee. Ann":             false, // as short as what is shortened
		"Lee? Ann":             true,
		"Rose? London":         false, // as the row has it
		"Rose. London":         false,
		"Baker, Thos. Ann":     false, // not between the parts
		"Baker? Thos. Ann":     true,
		"Carver? Thos. Ann":    false, // the list has a stop in it
		"東、太郎":                 false,
		"東 太郎":                 false,
		"\uFF24\uFF41\uFF4C\uFF45\uFF0E\uFF22\uFF4F\uFF42": false,
	})
}

func TestIsPartedInLossy(t *testing.T) {
	x := turnedNames([2]string{"Rose London", "London Rose"})
	wantParted(t, x, true, map[string]bool{
		"London?Rose":       true,
		"London.Rose":       true,
		"London? =\r\nRose": true,
		"London?=\nRose":    true,
		"London ? Rose":     true, // a no-break space before
		"London . Rose":     false,
		"London... Rose":    false,
		"London, =\r\nRose": false,
		"London=\r\nRose":   false,
	})
}

// A question mark behind a space may be a dash in the wrong charset, which in a
// list is within a name, and in running text is not.
func TestIsPartedInRunningText(t *testing.T) {
	x := turnedNames([2]string{"Rose London", "London Rose"})
	wantParted(t, x, false, map[string]bool{
		"is it London ? Rose is not there":  true,
		"été à London ? Rose était là":      true,
		"is it London ?! Rose is not there": true,
		"it is London ? Rose":               false,
		"it is London ? Rose, 12":           false,
		"it is London ? Rose\nis there":     false,
		"it is London ? Rose Is there":      false,
		"London ? Rose is there":            false,
		"Is London ? Rose is there":         false,
		"12 London ? Rose is there":         false,
		"it is\nLondon ? Rose is there":     false,
		"it is: London ? Rose is there":     false,
		"it is \"London\" ? Rose is there":  false,
		"it is London - Rose is there":      false,
		"it is London . Rose is there":      false,
		"it is London Rose is there":        false,
	})
}

// A name that one row has in the order of another's that is turned is no less
// that row's, and both count as rows that share it.
func TestTurned(t *testing.T) {
	x := turnedNames([2]string{"Martin Thomas", "Thomas Martin"}, [2]string{"Thomas Martin", "Martin Thomas"}, [2]string{"Otto Otto", "Otto Otto"}, [2]string{"Ida Klein", "Klein Ida"})
	for text, want := range map[string]struct {
		rows   int
		turned bool
	}{"Martin Thomas": {2, false}, "Thomas Martin": {2, false}, "Otto Otto": {1, false}, "Ida Klein": {1, false}, "Klein Ida": {1, true}} {
		n := 0
		x.Scan([]byte(text), func(h Hit) bool {
			n++
			if len(h.Lines) != want.rows || h.Turned != want.turned || h.Kind != Name {
				t.Errorf("%q: %+v, want %+v", text, h, want)
			}
			return true
		})
		if n != 1 {
			t.Errorf("%q: %d hits, want 1", text, n)
		}
	}
	if x.Len() != 5 {
		t.Errorf("%d identifiers, want 5", x.Len())
	}
	b := NewBuilder(MaxRows + 1)
	for line := range MaxRows + 1 {
		if line%2 == 0 {
			b.Add(line+2, Name, "Ida Klein")
		} else {
			b.AddTurned(line+2, "Ida Klein")
		}
	}
	b.Build().Scan([]byte("Ida Klein"), func(h Hit) bool {
		t.Errorf("a name of %d rows: %+v", MaxRows+1, h)
		return true
	})
}
