package delivery

import (
	"testing"
	"time"

	"mailshot/internal/guard"
)

// As many messages are made ahead as there is room for: another one for each
// that a connection takes, and none for one that comes back and is taken again.
func TestRoom(t *testing.T) {
	const room = 8
	l := &lane{room: make(chan struct{}, room)}
	k := &keeper{Run: &Run{}, lanes: []*lane{l}, work: make(chan guard.Cleared, room)}
	for range room {
		l.room <- struct{}{}
		l.queue = append(l.queue, &letter{lane: l, fresh: true})
	}
	k.queued = room
	for range 5 {
		k.work <- guard.Cleared{}
		k.handedOver(l)
	}
	if k.makeRoom(); len(l.room) != room {
		t.Errorf("no connection has taken any, and there is room for %d", room-len(l.room))
	}
	back := k.handed[0]
	<-k.work
	<-k.work
	if k.makeRoom(); len(l.room) != room-2 {
		t.Errorf("connections have taken 2, and there is room for %d", room-len(l.room))
	}
	l.queue = append([]*letter{back}, l.queue...)
	k.work <- guard.Cleared{}
	k.handedOver(l)
	for len(k.work) > 0 {
		<-k.work
	}
	if k.makeRoom(); len(l.room) != room-5 {
		t.Errorf("connections have taken 5, one of them twice, and there is room for %d", room-len(l.room))
	}
}

// However often messages are handed over and taken back, no more are made than
// there is room for.
func TestRoomOfWhatIsTakenBack(t *testing.T) {
	const room, some = 8, 4
	l := &lane{room: make(chan struct{}, room)}
	k := &keeper{Run: &Run{}, lanes: []*lane{l}, work: make(chan guard.Cleared, some)}
	for range 100 {
		for len(l.room) < room {
			l.room <- struct{}{}
			l.add(&letter{lane: l, fresh: true})
		}
		l.queue = l.claim(time.Now(), some)
		handed := l.queue
		for range handed {
			k.work <- guard.Cleared{}
			k.handedOver(l)
		}
		for _, m := range handed {
			<-k.work
			l.giveBack(m)
		}
		k.makeRoom()
	}
	if len(l.made) > room+some {
		t.Errorf("%d messages are made", len(l.made))
	}
}
