package delivery

import (
	"testing"
	"time"
)

// However often messages are given back, no more are made than there is room
// for.
func TestRoom(t *testing.T) {
	const room, some = 8, 4
	l := &lane{room: make(chan struct{}, room)}
	for range 100 {
		for len(l.room) < room {
			l.room <- struct{}{}
			l.add(&letter{fresh: true})
		}
		for _, m := range l.claim(time.Now(), some) {
			l.giveBack(m)
		}
	}
	if len(l.made) > room+some {
		t.Errorf("%d messages are made", len(l.made))
	}
}
