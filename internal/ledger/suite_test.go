package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mailshot/internal/address"
)

// suite holds every kind of ledger to the same promises.
func suite(t *testing.T, open func(t *testing.T) *Ledger) {
	for name, test := range map[string]func(*testing.T, *Ledger){
		"a recipient's key":                   keys,
		"outcomes are there at the next run":  outcomes,
		"an outcome is final":                 final,
		"a deferred recipient is tried again": again,
		"what was never sent is taken back":   takenBack,
		"begun and not finished is unknown":   unfinished,
		"all of a batch or none":              batches,
		"a batch of old and new":              oldAndNew,
		"endings and what follows, in one go": proceeding,
		"finish wants a begin":                notBegun,
		"a changed template":                  otherTemplate,
		"changed parts":                       changedParts,
		"the parts of a digest":               partsOfDigest,
		"who left the list":                   leftTheList,
		"who works on it":                     working,
		"a run that begins nothing":           nothingBegun,
		"other shared mailboxes":              otherForm,
		"campaigns are apart":                 apart,
		"the summary":                         summary,
		"a run that is closed":                closedRun,
		"a context that is done":              done,
		"state is asked while others write":   concurrentState,
		"who was tried is listed":             listing,
		"a list of many pages":                manyPages,
		"what is unknown is resolved":         resolving,
		"what is in flight is not resolved":   resolvingInFlight,
		"suppressions":                        suppressing,
		"bounces":                             bouncing,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// alone holds those to more in which one run at a time has a campaign.
func alone(t *testing.T, open func(t *testing.T) *Ledger) {
	for name, test := range map[string]func(*testing.T, *Ledger){
		"one run at a time":           oneRun,
		"a run that was overtaken":    overtaken,
		"an amend that was overtaken": overtakenAmend,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func TestFile(t *testing.T) {
	open := func(t *testing.T) *Ledger { return openAt(t, filepath.Join(t.TempDir(), "state", "ledger.db")) }
	suite(t, open)
	alone(t, open)
}

func TestMemory(t *testing.T) {
	open := func(t *testing.T) *Ledger {
		l, err := Memory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	suite(t, open)
	alone(t, open)
}

func openAt(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func mailbox(t testing.TB, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var spring = Campaign{ID: "spring", Digest: "sha256:1", Template: [32]byte{1}, Recipients: 10, StartedBy: "ann@desk"}

func start(t *testing.T, l *Ledger, c Campaign) *Run {
	t.Helper()
	r, err := l.Start(t.Context(), c, false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func restart(t *testing.T, l *Ledger, r *Run) *Run {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return start(t, l, spring)
}

// person is the key of the n-th made-up recipient.
func person(n int) Key { return Key{byte(n * 37), byte(n), 1} }

func attempts(numbers ...int) []Attempt {
	all := make([]Attempt, len(numbers))
	for i, n := range numbers {
		all[i] = Attempt{Key: person(n), Line: n + 1, MessageID: fmt.Sprintf("<%d@a.example>", n), Server: "mail.a.example:587"}
	}
	return all
}

func ending(n int, o Outcome) Ending {
	return Ending{Key: person(n), Outcome: o, Code: 250, Enhanced: "2.0.0", At: time.Unix(1_800_000_000, 0)}
}

func begin(t *testing.T, r *Run, numbers ...int) {
	t.Helper()
	if err := r.Begin(t.Context(), attempts(numbers...)); err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, r *Run, endings ...Ending) {
	t.Helper()
	if err := r.Finish(t.Context(), endings); err != nil {
		t.Fatal(err)
	}
}

func wantState(t *testing.T, r *Run, n int, want State) {
	t.Helper()
	if got := r.State(person(n)); got != want {
		t.Errorf("recipient %d: %+v, want %+v", n, got, want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
	if typed := (*Error)(nil); !errors.As(err, &typed) {
		t.Fatalf("error %v is no *Error", err)
	}
}

func wantSummary(t *testing.T, l *Ledger, want Summary) {
	t.Helper()
	all, err := l.Campaigns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range all {
		if got.Campaign == want.Campaign {
			got.Started, got.Updated = time.Time{}, time.Time{}
			if got != want {
				t.Errorf("summary %+v, want %+v", got, want)
			}
			return
		}
	}
	t.Errorf("no campaign %q in %v", want.Campaign, all)
}

func keys(t *testing.T, l *Ledger) {
	ann := l.Key(mailbox(t, "ann@a.example"), "")
	if ann == (Key{}) {
		t.Error("a zero key")
	}
	if l.Key(mailbox(t, "Ann@A.EXAMPLE"), "") != ann {
		t.Error("two spellings of a mailbox have two keys")
	}
	seen := map[Key]string{}
	for _, pair := range [][2]string{
		{"ann@a.example", ""}, {"ann@a.example", "1"}, {"ann@a.example", "11"},
		{"ann@a.example1.example", ""}, {"ann@a.exampl", "e"}, {"ann@a.exampl", ""}, {"bob@a.example", ""},
	} {
		k := l.Key(mailbox(t, pair[0]), pair[1])
		if other, there := seen[k]; there {
			t.Errorf("%v has the key of %v", pair, other)
		}
		seen[k] = fmt.Sprint(pair)
	}
	other, err := Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if other.Key(mailbox(t, "ann@a.example"), "") == ann {
		t.Error("two ledgers share a secret")
	}
}

func outcomes(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2)
	begin(t, r, 3, 4, 5)
	finish(t, r, ending(4, Deferred), ending(1, Accepted))
	finish(t, r, ending(2, Rejected), ending(3, Unknown))
	for n := range 7 {
		wantState(t, r, n, State{}) // as of Start
	}
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 2, State{Tried: true, Outcome: Rejected, Attempts: 1})
	wantState(t, r, 3, State{Tried: true, Outcome: Unknown, Attempts: 1})
	wantState(t, r, 4, State{Tried: true, Outcome: Deferred, Attempts: 1})
	wantState(t, r, 5, State{Tried: true, Outcome: Unknown, Attempts: 1})
	wantState(t, r, 6, State{})
}

func final(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3, 4)
	finish(t, r, ending(1, Accepted), ending(2, Rejected), ending(3, Unknown))
	for range 2 {
		for n := 1; n <= 4; n++ {
			wantError(t, r.Begin(t.Context(), attempts(n)), ErrAlreadyBegun)
		}
		r = restart(t, l, r)
	}
	r.Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Rejected: 1, Unknown: 2, Pending: 6})
}

func again(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	for range 2 {
		begin(t, r, 1)
		finish(t, r, ending(1, Deferred))
	}
	r = restart(t, l, r)
	wantState(t, r, 1, State{Tried: true, Outcome: Deferred, Attempts: 2})
	begin(t, r, 1, 2)
	finish(t, r, ending(1, Accepted))
	wantState(t, r, 1, State{Tried: true, Outcome: Deferred, Attempts: 2})
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 3})
	wantState(t, r, 2, State{Tried: true, Outcome: Unknown, Attempts: 1})
}

func takenBack(t *testing.T, l *Ledger) {
	back := func(n int) Ending { return Ending{Key: person(n), Outcome: Deferred, NotSent: true} }
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3)
	finish(t, r, back(1), ending(2, Deferred), back(3))
	begin(t, r, 1, 2)
	finish(t, r, back(1), back(2))
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Deferred: 1, Pending: 9})
	r = restart(t, l, r)
	wantState(t, r, 1, State{})
	wantState(t, r, 2, State{Tried: true, Outcome: Deferred, Attempts: 1})
	begin(t, r, 1, 2, 3)
	finish(t, r, ending(1, Accepted), ending(2, Accepted))
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 2, State{Tried: true, Outcome: Accepted, Attempts: 2})
	wantState(t, r, 3, State{Tried: true, Outcome: Unknown, Attempts: 1})
}

func unfinished(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2)
	finish(t, r, ending(2, Accepted))
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Unknown, Attempts: 1})
	wantError(t, r.Begin(t.Context(), attempts(1)), ErrAlreadyBegun)
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Accepted)}), ErrNotBegun)
}

func batches(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1)
	wantError(t, r.Begin(t.Context(), attempts(2, 1)), ErrAlreadyBegun)
	wantError(t, r.Begin(t.Context(), attempts(3, 4, 3)), ErrAlreadyBegun)
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Accepted), ending(2, Accepted)}), ErrNotBegun)
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Attempts: 1})
	for n := 2; n <= 4; n++ {
		wantState(t, r, n, State{})
	}
	begin(t, r, 2, 3, 4)
	begin(t, r)
	finish(t, r)
}

// Whoever is begun for the first time among others who are not, and however many
// in a row: each stands there as their own attempt.
func oldAndNew(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	old := []int{0, 1, 2, 3, 4}
	begin(t, r, old...)
	for _, n := range old {
		finish(t, r, ending(n, Deferred))
	}
	var batch []Attempt
	next := len(old)
	for _, inARow := range []int{8, 1, 7, 9, 24} {
		for range inARow {
			batch = append(batch, attempts(next)...)
			next++
		}
		batch = append(batch, attempts(old[0])...)
		old = old[1:]
	}
	want := map[Key]Attempt{}
	for i := range batch {
		batch[i].Line, batch[i].Server = 100+i, fmt.Sprint("mail", i%3, ".a.example:587")
		want[batch[i].Key] = batch[i]
	}
	if err := r.Begin(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	for got, err := range l.Recipients(t.Context(), spring.ID) {
		before := 0
		if got.Key[1] < 5 {
			before = 1
		}
		if err != nil || got.Outcome != Unknown || got.Attempts != 1+before || got.Begun.IsZero() ||
			want[got.Key] != (Attempt{got.Key, got.Line, got.MessageID, got.Server}) {
			t.Errorf("%+v, %v; want %+v", got, err, want[got.Key])
		}
		delete(want, got.Key)
	}
	if len(want) > 0 {
		t.Errorf("%d are missing", len(want))
	}
}

func proceeding(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	proceed := func(numbers []int, endings ...Ending) error {
		return r.Begin(t.Context(), attempts(numbers...), endings...)
	}
	begin(t, r, 1, 2, 3)
	wantError(t, proceed([]int{4, 3}, ending(1, Accepted)), ErrAlreadyBegun)
	wantError(t, proceed([]int{4}, ending(1, Accepted), ending(5, Accepted)), ErrNotBegun)
	wantError(t, proceed([]int{1}, ending(1, Deferred)), ErrAlreadyBegun)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, r.Begin(over, attempts(4), ending(1, Accepted)), context.Canceled)
	finish(t, r, ending(1, Deferred)) // none of this was done
	for _, err := range []error{
		proceed([]int{1, 4}, ending(2, Accepted), ending(3, Rejected)), proceed(nil, ending(1, Accepted)), proceed([]int{5}), proceed(nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 2})
	wantState(t, r, 2, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 3, State{Tried: true, Outcome: Rejected, Attempts: 1})
	wantState(t, r, 4, State{Tried: true, Attempts: 1})
	wantState(t, r, 5, State{Tried: true, Attempts: 1})
	campaigns, err := l.Campaigns(t.Context())
	if err != nil || len(campaigns) != 1 || campaigns[0].Accepted != 2 || campaigns[0].Rejected != 1 || campaigns[0].Unknown != 2 || campaigns[0].Deferred != 0 {
		t.Errorf("%+v, %v", campaigns, err)
	}
}

func notBegun(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	defer r.Close()
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Accepted)}), ErrNotBegun)
	begin(t, r, 1)
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Accepted), ending(1, Rejected)}), ErrNotBegun)
	finish(t, r, ending(1, Accepted))
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Rejected)}), ErrNotBegun)
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Pending: 9})
}

func oneRun(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	_, err := l.Start(t.Context(), spring, false)
	wantError(t, err, ErrLocked)
	begin(t, r, 1) // the one that was refused has not hurt it
	autumn := spring
	autumn.ID = "autumn"
	if err := start(t, l, autumn).Close(); err != nil {
		t.Fatal(err)
	}
	restart(t, l, r).Close()
}

// overtaken runs when a lock did not hold, as on a network share without one.
func overtaken(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	defer r.Close()
	begin(t, r, 1)
	l.store = &file{locks: memoryLocks()}
	defer start(t, l, spring).Close()
	wantError(t, r.Begin(t.Context(), attempts(2)), ErrLocked)
	wantError(t, r.Finish(t.Context(), []Ending{ending(1, Accepted)}), ErrLocked)
}

func otherTemplate(t *testing.T, l *Ledger) {
	changed := spring
	changed.Template, changed.Digest = [32]byte{2}, "sha256:2"
	start(t, l, changed).Close() // nobody has that message yet
	r := start(t, l, spring)
	begin(t, r, 1)
	r.Close()
	for range 2 {
		_, err := l.Start(t.Context(), changed, false)
		wantError(t, err, ErrOtherTemplate)
	}
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Unknown: 1, Pending: 9})
	r = amend(t, l, changed)
	wantState(t, r, 1, State{Tried: true, Attempts: 1})
	begin(t, r, 2)
	finish(t, r, ending(2, Accepted))
	r.Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:2", Recipients: 10, Accepted: 1, Unknown: 1, Pending: 8})
	start(t, l, changed).Close()
	_, err := l.Start(t.Context(), spring, false)
	wantError(t, err, ErrOtherTemplate)
}

func changedParts(t *testing.T, l *Ledger) {
	part := func(kind Kind, name string, digest byte) Part { return Part{kind, name, [32]byte{digest}} }
	was := spring
	was.Parts = []Part{part(Template, "", 1), part(List, "", 1), part(Option, "from", 1), part(Attachment, "a.pdf", 1), part(Attachment, "b.pdf", 1)}
	r := start(t, l, was)
	begin(t, r, 1)
	r.Close()
	for want, parts := range map[string][]Part{
		"with another template":                               {part(Template, "", 2), part(List, "", 2), was.Parts[2], was.Parts[3], was.Parts[4]},
		"with another option --from, with attachment b.pdf":   {was.Parts[0], part(Option, "from", 2), was.Parts[3]},
		"with another attachment a.pdf, without attachment c": {was.Parts[0], was.Parts[2], part(Attachment, "a.pdf", 2), was.Parts[4], part(Attachment, "c", 1)},
	} {
		now := was
		now.Template, now.Parts = [32]byte{2}, parts
		_, err := l.Start(t.Context(), now, false)
		wantError(t, err, ErrOtherTemplate)
		if changed, ok := errors.AsType[*Changed](err); !ok || changed.Error() != "the campaign is in the ledger "+want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	now := was
	now.Template, now.Parts = [32]byte{2}, []Part{part(Template, "", 3)}
	r = amend(t, l, now)
	begin(t, r, 2)
	r.Close()
	_, err := l.Start(t.Context(), spring, false)
	if changed, ok := errors.AsType[*Changed](err); !ok || len(changed.Gone) != 1 {
		t.Errorf("error %v, want the template gone", err)
	}
}

func partsOfDigest(t *testing.T, l *Ledger) {
	want := func(campaign, digest string, want ...Part) {
		t.Helper()
		if got, err := l.Parts(t.Context(), campaign, digest); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s at %s has the parts %v, %v; want %v", campaign, digest, got, err, want)
		}
	}
	first, second := Part{List, "", [32]byte{1}}, Part{List, "", [32]byte{2}}
	was, now := spring, spring
	was.Parts, now.Parts, now.Digest = []Part{first}, []Part{second}, "sha256:2"
	r := start(t, l, was)
	want("spring", was.Digest) // nobody was begun
	begin(t, r, 1)
	r.Close()
	start(t, l, now).Close()
	want("spring", was.Digest, first)
	want("spring", now.Digest)
	want("summer", was.Digest)
	r = start(t, l, now)
	begin(t, r, 2)
	r.Close()
	want("spring", was.Digest)
	want("spring", now.Digest, second)
}

func leftTheList(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 4, 1, 2, 3)
	finish(t, r, ending(1, Accepted), Ending{Key: person(2), NotSent: true})
	r = restart(t, l, r)
	defer r.Close()
	begin(t, r, 7)
	for _, test := range []struct {
		listed []Key
		want   []int
	}{
		{nil, []int{2, 4, 5}},
		{[]Key{person(9), person(3), person(1)}, []int{5}},
		{[]Key{person(4), person(3), person(1)}, nil},
	} {
		got, err := r.Missing(t.Context(), slices.Values(test.listed))
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("of %v are missing %v, %v; want %v", test.listed, got, err, test.want)
		}
	}
}

func working(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3, 4)
	finish(t, r, ending(1, Accepted), ending(2, Rejected))
	got, err := l.Workers(t.Context())
	if err != nil || len(got) != 1 || got[0].Started.IsZero() || got[0].Updated.IsZero() {
		t.Fatalf("workers %+v, %v", got, err)
	}
	got[0].Started, got[0].Updated, got[0].Number = time.Time{}, time.Time{}, 0
	if want := (Worker{Campaign: "spring", StartedBy: "ann@desk", Accepted: 1, Rejected: 1, InFlight: 2}); got[0] != want {
		t.Errorf("worker %+v, want %+v", got[0], want)
	}
	r.Close()
	if got, err := l.Workers(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("workers %+v, %v; want none", got, err)
	}
}

// nothingBegun runs as where the question whether to send is answered with no.
func nothingBegun(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1)
	finish(t, r, ending(1, Accepted))
	r.Close()
	before := allCampaigns(t, l)
	changed := spring
	changed.Template, changed.Digest, changed.Recipients, changed.StartedBy = [32]byte{2}, "sha256:2", 20, "bob@desk"
	r = amend(t, l, changed)
	wantError(t, r.Begin(t.Context(), attempts(2, 1)), ErrAlreadyBegun)
	r.Close()
	if after := allCampaigns(t, l); len(after) != 1 || after[0] != before[0] {
		t.Errorf("a run that began nothing: %+v, before it %+v", after, before)
	}
	_, err := l.Start(t.Context(), changed, false)
	wantError(t, err, ErrOtherTemplate)
	start(t, l, spring).Close()
}

// overtakenAmend runs when a lock did not hold: who lost it changes nothing.
func overtakenAmend(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1)
	r.Close()
	changed := spring
	changed.Template, changed.Digest = [32]byte{2}, "sha256:2"
	late := amend(t, l, changed)
	defer late.Close()
	l.store = &file{locks: memoryLocks()}
	r = start(t, l, spring)
	defer r.Close()
	wantError(t, late.Begin(t.Context(), attempts(2)), ErrLocked)
	begin(t, r, 2)
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Unknown: 2, Pending: 8})
}

func amend(t *testing.T, l *Ledger, c Campaign) *Run {
	t.Helper()
	r, err := l.Start(t.Context(), c, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func allCampaigns(t *testing.T, l *Ledger) []Summary {
	t.Helper()
	all, err := l.Campaigns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func otherForm(t *testing.T, l *Ledger) {
	household := spring
	household.SharedMailboxes = "member"
	r := start(t, l, spring)
	begin(t, r, 1)
	finish(t, r, Ending{Key: person(1), NotSent: true})
	r.Close()
	r = start(t, l, household) // nobody stands under the other form yet
	begin(t, r, 1)
	r.Close()
	for _, amend := range []bool{false, true} {
		_, err := l.Start(t.Context(), spring, amend)
		wantError(t, err, ErrOtherForm)
	}
	start(t, l, household).Close()
}

func apart(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2)
	finish(t, r, ending(1, Accepted), ending(2, Deferred))
	autumn := spring
	autumn.ID = "Spring" // ids are compared as they are
	other := start(t, l, autumn)
	wantState(t, other, 1, State{})
	begin(t, other, 2, 1)
	finish(t, other, ending(1, Rejected))
	other.Close()
	r = restart(t, l, r)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 2, State{Tried: true, Outcome: Deferred, Attempts: 1})
}

func summary(t *testing.T, l *Ledger) {
	at := time.Unix(1_800_000_000, 0)
	l.clock = func() time.Time { at = at.Add(time.Second); return at }
	r := start(t, l, spring)
	first := at
	begin(t, r, 1, 2, 3, 4, 5)
	finish(t, r, ending(1, Accepted), ending(2, Accepted), ending(3, Rejected), ending(4, Deferred))
	r.Close()
	autumn := spring
	autumn.ID, autumn.Recipients = "autumn", 3
	start(t, l, autumn).Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 2, Rejected: 1, Deferred: 1, Unknown: 1, Pending: 5})
	all := allCampaigns(t, l)
	if len(all) != 2 || all[0].Campaign != "autumn" || all[0].Pending != 3 {
		t.Fatalf("campaigns %+v", all)
	}
	if !all[1].Started.Equal(first) || !all[1].Updated.Equal(at.Add(-2*time.Second)) {
		t.Errorf("started %v, updated %v; want %v and the time of the last write", all[1].Started, all[1].Updated, first)
	}
	smaller := spring
	smaller.Recipients = 2
	r = start(t, l, smaller)
	begin(t, r, 4)
	r.Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 2, Accepted: 2, Rejected: 1, Unknown: 2})
}

func closedRun(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1)
	r.Close()
	if r.Begin(t.Context(), attempts(2)) == nil || r.Finish(t.Context(), []Ending{ending(1, Accepted)}) == nil {
		t.Error("a closed run writes")
	}
	r = start(t, l, spring)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Attempts: 1})
	wantState(t, r, 2, State{})
}

func done(t *testing.T, l *Ledger) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(t, l, spring)
	begin(t, r, 1)
	cancel()
	wantError(t, r.Begin(ctx, attempts(2)), context.Canceled)
	if err := r.Finish(ctx, []Ending{ending(1, Accepted)}); err != nil {
		t.Fatal(err)
	}
	r.Close()
	_, err := l.Start(ctx, spring, false)
	wantError(t, err, context.Canceled)
	r = start(t, l, spring)
	defer r.Close()
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 2, State{})
}

func concurrentState(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	defer r.Close()
	var asking sync.WaitGroup
	asking.Go(func() {
		for n := range 2000 {
			if got := r.State(person(n % 100)); got != (State{}) {
				t.Errorf("recipient %d: %+v before it was tried", n%100, got)
			}
		}
	})
	for n := range 100 {
		begin(t, r, n)
	}
	asking.Wait()
}
