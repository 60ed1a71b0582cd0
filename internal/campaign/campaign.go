// Package campaign is the whole run as a value: a list, a template, the
// messages that were cleared, and the digest that stands for all of it.
//
// Load reads, Check judges every message, and only then can Messages make them
// again for sending, each compared with the one that was cleared.
package campaign

import (
	"context"
	"io"
	"iter"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/guard"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Input is what the user gave.
type Input struct {
	Template      string    // path
	List          string    // path, or "-" for Stdin
	Stdin         io.Reader // read only for "-"
	From          string    // overrides the front matter; "" for none
	ID            string    // overrides the front matter; "" for none
	AddressColumn string    // "" to find it
	Attach        []string  // paths of further shared attachments
	SkipBadRows   bool
	Date          time.Time // of every message
}

// Campaign is a campaign that has been read. It is used by one goroutine.
type Campaign struct{}

// Load reads the template, opens the list and compiles the one against the
// other. Errors are *rule.Fault or rule.Refused.
func Load(ctx context.Context, in Input) (*Campaign, error) { panic("unwritten") }

// Close gives back what Load has opened.
func (c *Campaign) Close() error { panic("unwritten") }

// ID is the campaign's id in the ledger.
func (c *Campaign) ID() string { panic("unwritten") }

// From is the sender, as every message names it.
func (c *Campaign) From() address.Mailbox { panic("unwritten") }

// Subject is the subject's template, never a rendered one.
func (c *Campaign) Subject() string { panic("unwritten") }

// SharedMailboxes is the column that tells rows of one mailbox apart; "" for none.
func (c *Campaign) SharedMailboxes() string { panic("unwritten") }

// TemplateDigest stands for all that makes the messages but the list: template,
// shared attachments, sender.
func (c *Campaign) TemplateDigest() [32]byte { panic("unwritten") }

// Verdict is what a check found.
type Verdict struct {
	Recipients int            // messages there are
	Skipped    int            // rows left out for their address
	Same       int            // rows that repeat an earlier one
	Digest     string         // "sha256:" and 64 hex digits; "" where something was refused
	Refusals   []rule.Refusal // at most 100
	Total      int            // of all refusals
	Warnings   []rule.Warning
	Kinds      []recipient.ColumnKind
	Octets     int64 // of all messages, Date and shared parts included
}

// Clear says whether nothing was refused.
func (v *Verdict) Clear() bool { return v.Total == 0 }

// Check judges the list, then renders every message twice, by two workers in
// different orders, and has the guard read it. progress, which may be nil, is
// told now and then how many messages of how many are done, from one goroutine
// at a time. Errors are *rule.Fault or what ctx says; refusals are in the
// Verdict.
func (c *Campaign) Check(ctx context.Context, progress func(done, total int)) (*Verdict, error) {
	panic("unwritten")
}

// Fresh says whether list, template and attachments are still what was
// checked; a rule.Refused with the rule stale where they are not.
func (c *Campaign) Fresh() error { panic("unwritten") }

// Recipient is whom a message is for.
type Recipient struct {
	Address address.Address
	Apart   string // value of the shared-mailboxes column; "" for none
	Line    int    // in the list
}

// Messages makes the messages again in the order of the list, after a Check
// that was clear. want is asked before one is made; those it does not want are
// left out. The last pair holds an error where making them failed, or where
// one is not what was cleared (a rule.Refusal with the rule wire or stale).
func (c *Campaign) Messages(ctx context.Context, want func(Recipient) bool) iter.Seq2[guard.Cleared, error] {
	panic("unwritten")
}
