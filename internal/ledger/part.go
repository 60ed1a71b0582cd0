package ledger

import (
	"context"
	"database/sql"
	"errors"
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
	List       Kind = "list" // never refused: a list may grow
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

// compareParts says what is another than the parts that stand in the ledger,
// as far as they tell.
func compareParts(there, here []Part) error {
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
		case p.Kind == List, known && old.Digest == p.Digest:
		case known:
			e.Other = append(e.Other, p)
		default:
			e.New = append(e.New, p)
		}
	}
	for _, p := range there {
		if _, left := was[name{p.Kind, p.Name}]; left && p.Kind != List {
			e.Gone = append(e.Gone, p)
		}
	}
	if len(there) == 0 || len(e.Other)+len(e.Gone)+len(e.New) == 0 {
		return ErrOtherTemplate
	}
	return e
}

// parts gives those that stand in the ledger; none where an earlier version
// wrote it.
func parts(ctx context.Context, tx *sql.Tx, campaign string) ([]Part, error) {
	rows, err := tx.QueryContext(ctx, `SELECT p.kind, p.name, p.digest
		FROM part AS p JOIN campaign AS c ON c.id = p.campaign WHERE c.name = $1 ORDER BY p.kind, p.name`, campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Part
	for rows.Next() {
		var p Part
		var digest []byte
		if err := rows.Scan(&p.Kind, &p.Name, &digest); err != nil {
			return nil, err
		}
		copy(p.Digest[:], digest)
		all = append(all, p)
	}
	return all, rows.Err()
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
