package doctor

import (
	"fmt"
	"math"
	"time"
)

const (
	// anySpeed is more messages a second than servers take on a connection: the
	// round trip is no limit any more.
	anySpeed = 5000
	// slow is so few that 100,000 take half an hour over the usual four
	// connections.
	slow = 15
)

// speed tells how the messages will go, and how fast that can be.
func (v *visit) speed() {
	f := Finding{Step: "speed", Mark: OK}
	each := v.offers.PerRoundTrip
	switch {
	case each < 1:
		f.Text = fmt.Sprintf("%.0f round trips a message, one after another", 1/each)
	case each == 1:
		f.Text = "one round trip a message (PIPELINING)"
	default:
		f.Text = fmt.Sprintf("%d messages under way at once (PIPELINING, CHUNKING)", v.offers.Window)
	}
	rate := each / max(v.roundTrip, time.Microsecond).Seconds()
	f.Text += fmt.Sprintf("; round trip %s: %s", milliseconds(v.roundTrip), perSecond(rate))
	if rate < slow {
		f.Mark, f.Hint = Warn, "raise --connections, or use a server that is nearer or offers PIPELINING and CHUNKING"
	}
	v.x.tell(f)
}

// perSecond rounds to two digits: more are not to be had from one round trip.
func perSecond(rate float64) string {
	switch {
	case rate > anySpeed:
		return "as fast as the server takes them"
	case rate < 10:
		return fmt.Sprintf("up to %.1f a second on each connection", rate)
	}
	unit := math.Pow(10, math.Floor(math.Log10(rate))-1)
	return fmt.Sprintf("up to %.0f a second on each connection", math.Round(rate/unit)*unit)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// count gives a number with the word that goes with it.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
