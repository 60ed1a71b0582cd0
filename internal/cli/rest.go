package cli

import (
	"fmt"
	"io"
	"time"

	"mailshot/internal/delivery"
)

// rests says when a run rests, once for each time.
type rests struct {
	w    io.Writer
	now  func() time.Time
	said time.Time // of which rest it was said last, by its end
}

func (r *rests) show(m meter, p delivery.Progress) {
	if p.Rest.Why == delivery.Going || !p.Rest.Until.After(r.said) {
		return
	}
	r.said = p.Rest.Until
	left := max(p.Rest.Until.Sub(r.now()).Round(time.Second), time.Second)
	fmt.Fprintf(r.w, "%smailshot: %s: next try in %v\n", m.newLine(), whyRest(p), left)
}

func whyRest(p delivery.Progress) string {
	switch p.Rest.Why {
	case delivery.Strained:
		return "the server takes nothing for now"
	case delivery.Unreachable:
		return "the connection is gone"
	}
	return fmt.Sprintf("%s put off by the server, and nothing else left", count(p.Waiting, "recipient"))
}
