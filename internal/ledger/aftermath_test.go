package ledger

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

var noon = time.Unix(1_800_000_000, 0)

func recipients(t *testing.T, l *Ledger, campaign string) []Recipient {
	t.Helper()
	var all []Recipient
	for r, err := range l.Recipients(t.Context(), campaign) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Begun.IsZero() {
			t.Errorf("line %d was begun at no time", r.Line)
		}
		r.Begun, r.n = time.Time{}, 0
		all = append(all, r)
	}
	return all
}

func wantRecipients(t *testing.T, l *Ledger, want ...Recipient) {
	t.Helper()
	got := recipients(t, l, "spring")
	if len(got) != len(want) {
		t.Fatalf("recipients %+v, want %+v", got, want)
	}
	for i, w := range want {
		if got[i].Ended.Equal(w.Ended) {
			got[i].Ended = w.Ended
		}
		if got[i] != w {
			t.Errorf("recipient %+v, want %+v", got[i], w)
		}
	}
}

// listed is the n-th made-up recipient as the ledger lists them.
func listed(n int, o Outcome, attempts int) Recipient {
	r := Recipient{Key: person(n), Line: n + 1, Outcome: o, Attempts: attempts, MessageID: fmt.Sprintf("<%d@a.example>", n), Server: "mail.a.example:587"}
	if o != Unknown {
		r.Ended = noon
	}
	return r
}

func listing(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3, 4)
	no := ending(2, Rejected)
	no.Code, no.Enhanced, no.Reply = 550, "5.1.1", "no such user ***"
	finish(t, r, ending(1, Accepted), no, Ending{Key: person(3), NotSent: true}, ending(4, Deferred))
	begin(t, r, 4, 5)
	r.Close()
	taken, refused := listed(1, Accepted, 1), listed(2, Rejected, 1)
	taken.Code, taken.Enhanced = 250, "2.0.0"
	refused.Code, refused.Enhanced, refused.Reply = 550, "5.1.1", "no such user ***"
	wantRecipients(t, l, taken, refused, listed(4, Unknown, 2), listed(5, Unknown, 1))
	for _, err := range l.Recipients(t.Context(), "autumn") {
		wantError(t, err, ErrNoCampaign)
	}
}

// manyPages reads more than a page, and writes meanwhile.
func manyPages(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	defer r.Close()
	for n := 0; n < page+batch; n += batch {
		attempts, _ := batchFrom(n)
		if err := r.Begin(t.Context(), attempts); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for got, err := range l.Recipients(t.Context(), "spring") {
		if err != nil || got.Key != spread(n) {
			t.Fatalf("recipient %d: %+v, %v", n, got, err)
		}
		n++
		if n%500 == 0 {
			finish(t, r, Ending{Key: got.Key, Outcome: Accepted, At: noon})
		}
	}
	if n != page+batch {
		t.Errorf("%d recipients, want %d", n, page+batch)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range l.Recipients(ctx, "spring") {
		wantError(t, err, context.Canceled)
	}
}

func resolution(n int, sent bool) Resolution {
	return Resolution{Key: person(n), Sent: sent, Evidence: "by hand", Who: "ann@desk", At: noon}
}

func resolving(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3, 4)
	finish(t, r, ending(4, Accepted))
	r.Close()
	for name, bad := range map[string][]Resolution{
		"one that is known": {resolution(1, true), resolution(4, false)},
		"nobody":            {resolution(1, true), resolution(9, true)},
		"one twice":         {resolution(1, true), resolution(1, false)},
	} {
		if err := l.Resolve(t.Context(), "spring", bad); err == nil {
			t.Errorf("%s was resolved", name)
		} else {
			wantError(t, err, ErrNotUnknown)
		}
	}
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Unknown: 3, Pending: 6})
	if err := l.Resolve(t.Context(), "spring", []Resolution{resolution(1, true), resolution(2, false)}); err != nil {
		t.Fatal(err)
	}
	wantError(t, l.Resolve(t.Context(), "autumn", nil), ErrNoCampaign)
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 2, Deferred: 1, Unknown: 1, Pending: 6})
	r = start(t, l, spring)
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, r, 2, State{Tried: true, Outcome: Deferred, Attempts: 1})
	begin(t, r, 2) // is unknown once more
	r.Close()
	if err := l.Resolve(t.Context(), "spring", []Resolution{resolution(2, true)}); err != nil {
		t.Fatal(err)
	}
	wantResolved(t, l, Resolved{resolution(1, true), 2}, Resolved{resolution(2, false), 3}, Resolved{resolution(2, true), 3})
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 3, Unknown: 1, Pending: 6})
}

func wantResolved(t *testing.T, l *Ledger, want ...Resolved) {
	t.Helper()
	got, err := l.Resolutions(t.Context(), "spring")
	if err != nil || len(got) != len(want) {
		t.Fatalf("resolutions %+v, %v; want %+v", got, err, want)
	}
	for i, w := range want {
		if got[i].At.Equal(w.At) {
			got[i].At = w.At
		}
		if got[i] != w {
			t.Errorf("resolution %+v, want %+v", got[i], w)
		}
	}
}

// resolvingInFlight keeps a resolution off what a run may be sending.
func resolvingInFlight(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1)
	wantError(t, l.Resolve(t.Context(), "spring", []Resolution{resolution(1, false)}), ErrLocked)
	finish(t, r, ending(1, Accepted))
	r.Close()
}

func suppressing(t *testing.T, l *Ledger) {
	ann, bob := l.Key(mailbox(t, "ann@a.example"), ""), l.Key(mailbox(t, "bob@b.example"), "")
	all := []Suppression{
		{Key: ann, Reason: "asked", Who: "eve@desk", At: noon},
		{Key: bob, Campaign: "spring", Reason: "bounced", Who: "eve@desk", At: noon.Add(time.Second)},
		{Key: ann, Campaign: "autumn", Who: "eve@desk", At: noon.Add(2 * time.Second)},
	}
	again := all[0]
	again.Reason, again.At = "asked twice", noon.Add(time.Hour)
	wantCount(t, 3)(l.Suppress(t.Context(), append(all, again)))
	wantCount(t, 0)(l.Suppress(t.Context(), all))
	got, err := l.Suppressions(t.Context())
	if err != nil || len(got) != len(all) {
		t.Fatalf("suppressions %+v, %v", got, err)
	}
	for i := range all {
		if got[i].At.Equal(all[i].At) {
			got[i].At = all[i].At
		}
		if got[i] != all[i] {
			t.Errorf("suppression %+v, want %+v", got[i], all[i])
		}
	}
	wantSuppressed(t, l, "spring", ann, bob)
	wantSuppressed(t, l, "Spring", ann)
	wantCount(t, 1)(l.Unsuppress(t.Context(), []Key{ann, bob}, ""))
	wantSuppressed(t, l, "spring", bob)
	wantSuppressed(t, l, "autumn", ann)
}

func wantCount(t *testing.T, want int) func(int, error) {
	t.Helper()
	return func(got int, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%d, %v; want %d", got, err, want)
		}
	}
}

func wantSuppressed(t *testing.T, l *Ledger, campaign string, want ...Key) {
	t.Helper()
	got, err := l.Suppressed(t.Context(), campaign)
	if err != nil || len(got) != len(want) {
		t.Errorf("%s: suppressed %v, %v; want %v", campaign, got, err, want)
	}
	for _, k := range want {
		if !got[k] {
			t.Errorf("%s: %v is not suppressed", campaign, k)
		}
	}
}

func bouncing(t *testing.T, l *Ledger) {
	r := start(t, l, spring)
	begin(t, r, 1, 2, 3)
	finish(t, r, ending(1, Accepted), ending(2, Accepted), Ending{Key: person(3), NotSent: true})
	r.Close()
	notice := func(n int) Notice {
		return Notice{MessageID: fmt.Sprintf("<%d@a.example>", n), Notification: [16]byte{byte(n)}, Action: "failed",
			Status: "5.1.1", Diagnostic: "no such user ***", Reporter: "mx.a.example", At: noon.Add(time.Duration(n) * time.Second)}
	}
	later := notice(2)
	later.Notification, later.At = [16]byte{9}, noon
	want := []Recorded{{"spring", 3, true}, {"spring", 3, false}, {}, {}, {"spring", 3, true}}
	got, err := l.RecordBounces(t.Context(), []Notice{notice(2), notice(2), notice(3), notice(7), later})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("recorded %v, %v; want %v", got, err, want)
	}
	bounces, err := l.Bounces(t.Context(), "spring")
	if err != nil || len(bounces) != 2 || bounces[0].Notification != later.Notification {
		t.Fatalf("bounces %+v, %v", bounces, err)
	}
	b := bounces[1]
	if !b.At.Equal(notice(2).At) {
		t.Errorf("time %v", b.At)
	}
	b.At = notice(2).At
	if b != (Bounce{Notice: notice(2), Campaign: "spring", Key: person(2), Line: 3}) {
		t.Errorf("bounce %+v", b)
	}
}

// A ledger of the first version goes on where it was.
func TestMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	ofFirstVersion(t, path)
	l := openAt(t, path)
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Deferred: 1, Unknown: 1, Pending: 7})
	r := start(t, l, spring)
	wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
	begin(t, r, 2, 4)
	finish(t, r, ending(2, Accepted))
	r.Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 2, Unknown: 2, Pending: 6})
	if got := recipients(t, l, "spring"); len(got) != 4 {
		t.Errorf("recipients %+v", got)
	}
}

func ofFirstVersion(t *testing.T, path string) {
	t.Helper()
	db := rawDatabase(t, path)
	defer db.Close()
	for _, statement := range []string{
		migrations[0],
		fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = 1`, applicationID),
		`INSERT INTO secret VALUES (1, x'00')`,
		`INSERT INTO server VALUES (1, 'mail.a.example:587')`,
		`INSERT INTO campaign VALUES (1, 'spring', 'sha256:1',
			x'0100000000000000000000000000000000000000000000000000000000000000', '', 10, 'ann@desk', 1, 2, 3, 1, 1, 0, 1)`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for n, s := range []standing{accepted, deferred, unknown} {
		key := person(n + 1)
		_, err := db.Exec(`INSERT INTO recipient VALUES (1, $1, $2, 2, $3, 1, '<1@a.example>', 1, 3, 4, 250, '')`, n+1, key[:], s)
		if err != nil {
			t.Fatal(err)
		}
	}
}
