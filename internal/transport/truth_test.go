package transport

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

var (
	randomRuns = flag.Int("faults", 300, "runs of TestRandomFaults")
	randomFrom = flag.Int("seed", 0, "seed of the first run of TestRandomFaults")
)

// checkTruth compares the last results with what the server did.
func checkTruth(t *testing.T, server *smtptest.Server, last []Result) {
	t.Helper()
	if wrong := truth(server, last); wrong != "" {
		t.Error(wrong)
	}
}

// truth says where the last results are not what the server did: nobody gets
// two, nobody is lost, accepted are those whose message was taken once, deferred
// and rejected those whose message was not.
func truth(server *smtptest.Server, last []Result) string {
	taken := server.Accepted()
	for _, r := range last {
		to := r.Cleared.Envelope().To.String()
		got := taken[to]
		delete(taken, to)
		want := map[ledger.Outcome]int{ledger.Accepted: 1}[r.Outcome]
		if got != want && (r.Outcome != ledger.Unknown || got > 1) || r.NotSent {
			return fmt.Sprintf("recipient %d is %s at %s, and got %d", r.Cleared.Ordinal(), became(r), r.Step, got)
		}
	}
	if len(taken) > 0 {
		return fmt.Sprintf("%d messages to others", len(taken))
	}
	return ""
}

// scene is a run of TestRandomFaults: a mode, a window, and up to six faults.
type scene struct {
	mode   string
	window int
	secure bool
	faults []struct {
		at   smtptest.Step
		nth  int
		does string
	}
}

func randomScene(random *rand.Rand, messages int) (s scene) {
	steps := []smtptest.Step{smtptest.Reset, smtptest.Mail, smtptest.Rcpt, smtptest.Data, smtptest.NoRcpt, smtptest.Content,
		smtptest.Message, smtptest.Message, smtptest.Greeting, smtptest.EHLO, smtptest.Quit}
	does := []string{"4yz", "5yz", "421", "421, open", "4yz, then closed", "5yz, then closed", "close", "replies lost", "swallowed", "garbage",
		"an octet", "one too many", "one late", "another kind", "503", "login wanted", "421 behind it", "5yz and more", "other words"}
	s.mode = []string{"step by step", "pipelined", "chunked"}[random.IntN(3)]
	s.window = []int{1, 2, 64}[random.IntN(3)]
	s.secure = random.IntN(8) == 0
	s.faults = make([]struct {
		at   smtptest.Step
		nth  int
		does string
	}, 1+random.IntN(6))
	for i := range s.faults {
		f := &s.faults[i]
		f.at, f.nth, f.does = steps[random.IntN(len(steps))], 1+random.IntN(messages+messages/10), does[random.IntN(len(does))]
		if f.at == smtptest.Greeting || f.at == smtptest.EHLO || f.at == smtptest.Quit {
			f.nth = 1 + random.IntN(3)
		}
	}
	return s
}

// start starts the server, and gives the transport's end.
func (s *scene) start(t *testing.T, authority *smtptest.Authority) (*smtptest.Server, *SMTP) {
	script := smtptest.Script{Extensions: modes[s.mode]}
	for _, f := range s.faults {
		script.Faults = append(script.Faults, smtptest.Fault{At: f.at, Nth: f.nth, Do: actions[f.does]})
	}
	if s.secure {
		script.TLS, script.Implicit = authority.Config(t, "127.0.0.1", inAnHour()), true
	}
	server := smtptest.New(t, script)
	smtp := plain(t, server)
	if s.secure {
		smtp = secured(t, server, authority, TLS, Credentials{})
	}
	smtp.Window = s.window
	return server, smtp
}

// confused says that after a fault replies may be missing, or stand for another
// command, so that an outcome may be unknown.
func (s *scene) confused(fault int) bool {
	f := s.faults[fault]
	switch {
	case f.does == "4yz, then closed":
		return f.at != smtptest.Reset
	case f.does == "5yz, then closed":
		return f.at != smtptest.Reset && f.at != smtptest.Mail
	case f.does == "503" && f.at == smtptest.Message: // it may not know BDAT
		return s.mode == "chunked"
	case f.does == "other words" && f.at == smtptest.Message: // a reply too many has others, too
		return true
	}
	return !slices.Contains(orderly, f.does) || f.at == smtptest.Content
}

// unfounded says that somebody is unknown on a connection where all replies came,
// or where one said that no more would.
func (s *scene) unfounded(r rounds, server *smtptest.Server) string {
	confused := map[int]bool{}
	for _, h := range server.Hits() {
		confused[h.Connection] = confused[h.Connection] || s.confused(h.Fault)
	}
	for i, round := range r.all {
		for _, result := range round.results {
			if result.Outcome == ledger.Unknown && !confused[i+1] {
				return fmt.Sprintf("recipient %d is unknown at %s, for no reason", result.Cleared.Ordinal(), result.Step)
			}
		}
	}
	return ""
}

// TestRandomFaults: whatever goes wrong, and wherever, nobody gets two, nobody is
// lost, what the results say is what the server did, and nobody is unknown
// without a reason.
func TestRandomFaults(t *testing.T) {
	t.Parallel()
	const people = 50
	messages := cleared(t, addresses(people), body)
	authority := smtptest.NewAuthority(t)
	counts := map[string]int{}
	for seed := uint64(*randomFrom); seed < uint64(*randomFrom+*randomRuns); seed++ {
		s := randomScene(rand.New(rand.NewPCG(seed, 0)), people)
		if wrong := s.play(t, authority, messages, counts); wrong != "" {
			t.Fatalf("seed %d: %s: %+v", seed, wrong, s)
		}
	}
	t.Logf("%d runs of %d messages: %v", *randomRuns, people, counts)
}

// play goes through a run, says what is wrong with it, and counts outcomes.
func (s *scene) play(t *testing.T, authority *smtptest.Authority, messages []guard.Cleared, counts map[string]int) string {
	server, smtp := s.start(t, authority)
	defer server.Close()
	r := exhaust(t.Context(), smtp, messages)
	last := r.last()
	for _, result := range last {
		counts[became(result)]++
	}
	wrong := []string{r.wrong, truth(server, last), s.unfounded(r, server)}
	if len(last) != len(messages) {
		wrong = append(wrong, fmt.Sprintf("%d results", len(last)))
	}
	return strings.Trim(strings.Join(wrong, " "), " ")
}
