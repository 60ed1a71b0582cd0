package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// Part is one of the things that a campaign's messages are made of. Parts tell
// which of them has changed.
type Part struct {
	Kind   Kind
	Name   string // file name of an attachment, name of an option; else ""
	Digest [32]byte
}

// Kind is a kind of part.
type Kind string

const (
	Template   Kind = "template"
	Attachment Kind = "attachment" // one that all recipients share
	Option     Kind = "option"
	List       Kind = "list" // no reason to refuse a campaign that was begun: a list may grow
)

func (p Part) String() string {
	switch p.Kind {
	case Attachment:
		return "attachment " + p.Name
	case Option:
		return "option --" + p.Name
	}
	return string(p.Kind)
}

// Changed says which parts of a campaign are others than in the ledger. It is
// an ErrOtherTemplate.
type Changed struct {
	Other []Part // there and here, and not the same
	Gone  []Part // there alone
	New   []Part // here alone
}

func (e *Changed) Is(err error) bool { return err == ErrOtherTemplate }

func (e *Changed) Error() string {
	var what []string
	for _, p := range e.Other {
		what = append(what, "with another "+p.String())
	}
	for _, p := range e.Gone {
		what = append(what, "with "+p.String())
	}
	for _, p := range e.New {
		what = append(what, "without "+p.String())
	}
	return "the campaign is in the ledger " + strings.Join(what, ", ")
}

// Empty says whether no part is another.
func (e *Changed) Empty() bool { return len(e.Other)+len(e.Gone)+len(e.New) == 0 }

// compareParts says what is another than the parts that stand in the ledger,
// as far as they tell.
func compareParts(there, here []Part) error {
	e := Compare(withoutList(there), withoutList(here))
	if len(there) == 0 || e.Empty() {
		return ErrOtherTemplate
	}
	return e
}

func withoutList(parts []Part) []Part {
	return slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Kind == List })
}

// Compare says which parts are others here than there.
func Compare(there, here []Part) *Changed {
	type name struct {
		kind Kind
		name string
	}
	was := map[name]Part{}
	for _, p := range there {
		was[name{p.Kind, p.Name}] = p
	}
	e := &Changed{}
	for _, p := range here {
		old, known := was[name{p.Kind, p.Name}]
		delete(was, name{p.Kind, p.Name})
		switch {
		case !known:
			e.New = append(e.New, p)
		case old.Digest != p.Digest:
			e.Other = append(e.Other, p)
		}
	}
	for _, p := range there {
		if _, left := was[name{p.Kind, p.Name}]; left {
			e.Gone = append(e.Gone, p)
		}
	}
	return e
}

// Parts gives what a campaign was made of as of the latest run that began a
// message, where that had the digest; none where it had another. Errors are
// *Error.
func (l *Ledger) Parts(ctx context.Context, campaign, digest string) ([]Part, error) {
	all, err := parts(ctx, l.db, campaign, digest)
	return all, fault("read", l.path, err)
}

// parts gives those that stand in the ledger, of a campaign that has the digest
// there, or "" for whatever it has; none where an earlier version wrote it.
func parts(ctx context.Context, q querier, campaign, digest string) ([]Part, error) {
	return readAll(ctx, q, scanPart, `SELECT p.kind, p.name, p.digest
		FROM part AS p JOIN campaign AS c ON c.id = p.campaign
		WHERE c.name = $1 AND $2 IN ('', c.digest) ORDER BY p.kind, p.name`, campaign, digest)
}

func scanPart(rows *sql.Rows) (Part, error) {
	var p Part
	var digest []byte
	err := rows.Scan(&p.Kind, &p.Name, &digest)
	copy(p.Digest[:], digest)
	return p, err
}

func writeParts(ctx context.Context, tx *sql.Tx, campaign int64, parts []Part) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM part WHERE campaign = $1`, campaign)
	for _, p := range parts {
		_, failed := tx.ExecContext(ctx, `INSERT INTO part (campaign, kind, name, digest) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			campaign, string(p.Kind), p.Name, p.Digest[:])
		err = errors.Join(err, failed)
	}
	return err
}
