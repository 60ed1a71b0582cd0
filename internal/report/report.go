// Package report sums up one campaign for people: counts, failures by what the
// servers said and what that means, when messages went and how long replies
// took, and which domains fail.
//
// It holds no address, and takes none but those it is handed to be shown. A
// Report grows with the number of recipients by 16 bytes each, and by those
// who did not get their message up to a limit.
package report

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Outcome is where a recipient stands, in the words of the command line.
type Outcome string

const (
	Accepted   Outcome = "accepted"
	Bounced    Outcome = "bounced" // accepted, and sent back later
	Rejected   Outcome = "rejected"
	Deferred   Outcome = "deferred"
	Unknown    Outcome = "unknown"
	Pending    Outcome = "pending"
	Suppressed Outcome = "suppressed"
)

// Outcomes gives all of them, in the order in which they are told.
func Outcomes() []Outcome {
	return []Outcome{Accepted, Bounced, Rejected, Deferred, Unknown, Pending, Suppressed}
}

// Recipient is one recipient of the campaign.
type Recipient struct {
	Line     int // in the list
	Outcome  Outcome
	Code     int    // reply code; 0 for none
	Enhanced string // enhanced status code; "" for none
	Reply    string // what the server said, masked; "" for none
	Attempts int
	Begun    time.Time // of the latest attempt; zero for none
	Ended    time.Time // when its outcome was known; zero for none
	Domain   string    // of the address; "" where it is not known
	Address  string    // to be shown; "" for one that is not
}

// Campaign is what is reported on.
type Campaign struct {
	ID         string
	Digest     string
	Recipients int // on the list of the latest run
	Started    time.Time
	Updated    time.Time
}

// Failure is what a server said of some recipients.
type Failure struct {
	Outcome  Outcome
	Code     int
	Enhanced string
}

// FailureCount is how many a failure was said of.
type FailureCount struct {
	Failure
	Count int
}

// DomainCount is how the recipients of one domain fare.
type DomainCount struct {
	Domain string
	Count  int // recipients
	Failed int // of these, who did not get their message
}

// Report is a campaign summed up.
type Report struct {
	Campaign Campaign
	Failed   []Recipient // who did not get their message, or may not have; maxFailed at most
	counts   map[Outcome]int
	failures map[Failure]int
	domains  map[string]*DomainCount
	ended    []int64 // when outcomes were known, in milliseconds
	took     []int64 // from being written down to the reply, in milliseconds
}

// maxFailed is how many recipients are listed one by one.
const maxFailed = 1000

// New begins the report of a campaign.
func New(c Campaign) *Report {
	return &Report{Campaign: c, counts: map[Outcome]int{}, failures: map[Failure]int{}, domains: map[string]*DomainCount{}}
}

// Add adds a recipient.
func (r *Report) Add(to Recipient) {
	r.counts[to.Outcome]++
	if to.Outcome != Accepted && len(r.Failed) < maxFailed {
		r.Failed = append(r.Failed, to)
	}
	switch to.Outcome {
	case Bounced, Rejected, Deferred, Unknown:
		r.failures[Failure{to.Outcome, to.Code, to.Enhanced}]++
	}
	if to.Domain != "" {
		r.addDomain(to)
	}
	if !to.Ended.IsZero() {
		r.addTimes(to)
	}
}

func (r *Report) addDomain(to Recipient) {
	d := r.domains[to.Domain]
	if d == nil {
		d = &DomainCount{Domain: to.Domain}
		r.domains[to.Domain] = d
	}
	d.Count++
	switch to.Outcome {
	case Bounced, Rejected, Deferred, Unknown:
		d.Failed++
	}
}

// addTimes leaves out how long it took where a clock was set back meanwhile.
func (r *Report) addTimes(to Recipient) {
	r.ended = append(r.ended, to.Ended.UnixMilli())
	if took := to.Ended.Sub(to.Begun); !to.Begun.IsZero() && took >= 0 {
		r.took = append(r.took, took.Milliseconds())
	}
}

// Untried counts recipients as pending of whom nothing is known but the number.
func (r *Report) Untried(n int) { r.counts[Pending] += n }

// Count is how many recipients have an outcome.
func (r *Report) Count(o Outcome) int { return r.counts[o] }

// Failures gives what servers said, the most frequent first.
func (r *Report) Failures() []FailureCount {
	all := make([]FailureCount, 0, len(r.failures))
	for f, n := range r.failures {
		all = append(all, FailureCount{f, n})
	}
	slices.SortFunc(all, func(a, b FailureCount) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Outcome, b.Outcome), a.Code-b.Code, cmp.Compare(a.Enhanced, b.Enhanced))
	})
	return all
}

// Domains gives the n domains with the most failures, and then the most
// recipients; none where the domains are not known.
func (r *Report) Domains(n int) []DomainCount {
	all := make([]DomainCount, 0, len(r.domains))
	for d := range maps.Values(r.domains) {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b DomainCount) int {
		return cmp.Or(b.Failed-a.Failed, b.Count-a.Count, cmp.Compare(a.Domain, b.Domain))
	})
	return all[:min(n, len(all))]
}
