package delivery

import (
	"testing"
	"time"
)

// Messages are written down many at a time, and nobody waits for that who could
// send meanwhile.
func TestHoards(t *testing.T) {
	for name, c := range map[string]struct {
		left, made, passes int
		every              time.Duration
		lanes              int
		want               bool
	}{
		"few are made":           {left: 100, made: 10, passes: 1, lanes: 1, want: true},
		"enough are made":        {left: 100, made: 128, passes: 1, lanes: 1},
		"connections run dry":    {left: 32, made: 10, passes: 1, lanes: 1},
		"nothing left":           {left: 0, made: 1, passes: 1, lanes: 1},
		"no more are made":       {left: 100, made: 10, passes: 0, lanes: 1},
		"a rate sets the pace":   {left: 100, made: 10, passes: 1, every: time.Millisecond, lanes: 1},
		"a domain has a rate":    {left: 100, made: 10, passes: 1, lanes: 2},
		"as many as connections": {left: 40, made: 10, passes: 1, lanes: 1},
	} {
		k := &keeper{Run: &Run{Connections: 40, Every: c.every}, batch: 256, passes: c.passes, lanes: make([]*lane, c.lanes)}
		for i := range k.lanes {
			k.lanes[i] = &lane{made: make([]*letter, c.made)}
		}
		if got := k.hoards(c.left); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
